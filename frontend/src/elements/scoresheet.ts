import { h, typing } from "../kit/dom";
import { decimal, type Exact, plus, times } from "../kit/exact";
import { type Reading, standing } from "../kit/fields";
import type { Answer } from "../kit/net";
import { guardLeaving, Saver, showMark } from "../kit/saver";
import { Stash } from "../kit/stash";
import { ScoreLine } from "./scoreline";

interface Kept {
  version: number;
  values: Record<string, string>;
  comment: string;
}

const ZERO: Exact = { units: 0n, places: 0 };

/**
 * `<fc-scoresheet save-url version draft-key>` around a form of number inputs in `.score-row`s.
 *
 * Every mark is checked against its bounds and step, added up exactly, and saved at once: POST
 * `{version, values, comment}` → `{version}`; 409 → `{version, current: {values, comment}}`. Keys 1–9
 * go to a criterion, Enter to the next. Without script the form posts as it is.
 */
export class Scoresheet extends HTMLElement {
  #lines: ScoreLine[] = [];
  #form: HTMLFormElement | null = null;
  #comment: HTMLTextAreaElement | null = null;
  #saver: Saver | null = null;
  #stash: Stash<Kept> | null = null;
  #acknowledged = "";
  #leave: (() => void) | null = null;
  #abort: AbortController | null = null;
  #submitting = false;

  connectedCallback(): void {
    this.#form = this.querySelector("form");
    if (!this.#form) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#lines = [...this.querySelectorAll<HTMLElement>(".score-row")].flatMap((row) =>
      this.#line(row, signal),
    );
    this.#comment = this.querySelector<HTMLTextAreaElement>('textarea[name="comment"]');
    this.#comment?.addEventListener("input", () => this.#changed(), { signal });
    this.#total();
    const url = this.getAttribute("save-url");
    if (!url || this.#lines.every((line) => line.fixed)) return;
    this.#stash = new Stash<Kept>(`marks:${this.getAttribute("draft-key") ?? url}`);
    this.#acknowledged = JSON.stringify(this.#content("served"));
    const mark = this.querySelector<HTMLElement>("[data-saved]") ?? h("span", { role: "status" });
    if (!mark.isConnected) this.#form.append(mark);
    this.#saver = new Saver({
      url,
      version: Number(this.getAttribute("version") ?? 0),
      delay: Number(this.getAttribute("delay") ?? 400),
      payload: () => {
        const content = this.#content();
        return JSON.stringify(content) === this.#acknowledged ? null : content;
      },
      onSaved: (sent) => this.#saved(sent),
      onConflict: (answer) => this.#conflict(answer),
      onRefused: (answer) => this.#refused(answer, mark),
      onState: (state, words) => {
        const faulty = state === "saved" && this.#faulty();
        showMark(mark, faulty ? "refused" : state, faulty ? "其余已保存，有一项还没有" : words);
      },
    });
    window.addEventListener("online", () => this.#saver?.wake(), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#leave = guardLeaving(
      () => !this.#submitting && ((this.#saver?.owed ?? false) || this.#faulty()),
    );
    // A judge who was quicker than this script: what stands here goes before what was kept.
    const early = JSON.stringify(this.#content()) !== this.#acknowledged;
    for (const line of this.#lines) line.mark();
    if (early) this.#changed();
    else this.#restore();
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
    this.#leave?.();
    this.#saver?.stop();
  }

  /** The weighted sum of the marks so far, exactly; null while none is given. */
  total(): string | null {
    let sum = ZERO;
    let any = false;
    for (const line of this.#lines) {
      const value = line.right();
      // A mark that cannot stand is not in the sum that one reads.
      if (!value) continue;
      any = true;
      sum = plus(sum, times(value, line.weight));
    }
    return any ? decimal(sum) : null;
  }

  #line(row: HTMLElement, signal: AbortSignal): ScoreLine[] {
    const input = row.querySelector<HTMLInputElement>('input[type="number"]');
    if (!input) return [];
    const line = new ScoreLine(row, input);
    line.furnish(() => this.#changed(), signal);
    return [line];
  }

  #faulty(): boolean {
    return this.#lines.some((line) => line.problem() !== "");
  }

  /** Only marks that are right are sent; a wrong one stays on the page with its words. */
  #content(reading: Reading = "now"): { values: Record<string, string>; comment: string } {
    const values: Record<string, string> = {};
    for (const line of this.#lines) {
      const value = line.right(reading);
      if (value) values[line.input.name] = decimal(value);
    }
    return { values, comment: this.#comment ? standing(this.#comment, reading) : "" };
  }

  #changed(): void {
    this.#total();
    const saver = this.#saver;
    if (!saver) return;
    this.#stash?.write({ version: saver.version, ...this.#content() });
    saver.touch();
  }

  #total(): void {
    const place = this.querySelector<HTMLElement>("[data-total]");
    if (place) place.textContent = this.total() ?? "—";
    const given = this.#lines.filter((line) => line.right()).length;
    this.toggleAttribute("data-complete", given === this.#lines.length);
    this.dispatchEvent(
      new CustomEvent("fc-marks", {
        bubbles: true,
        detail: { given, of: this.#lines.length, total: this.total() },
      }),
    );
  }

  #saved(sent: Record<string, unknown>): void {
    this.#acknowledged = JSON.stringify(sent);
    if (JSON.stringify(this.#content()) === this.#acknowledged) this.#stash?.clear();
    const hidden = this.#form?.querySelector<HTMLInputElement>(
      'input[type="hidden"][name="version"]',
    );
    if (hidden) hidden.value = String(this.#saver?.version ?? 0);
    this.dispatchEvent(new CustomEvent("fc-saved", { bubbles: true }));
  }

  #refused(answer: Answer, mark: HTMLElement): void {
    const fields = (answer.body.fields ?? {}) as Record<string, string>;
    for (const line of this.#lines) {
      const words = fields[line.input.name];
      if (words) line.tell(words);
    }
    showMark(mark, "refused", answer.message);
  }

  #conflict(answer: Answer): void {
    const current = (answer.body.current ?? {}) as Partial<Kept>;
    const theirs = { values: current.values ?? {}, comment: current.comment ?? "" };
    this.#choose(answer.message, theirs, Number(answer.body.version ?? 0));
  }

  #choose(
    words: string,
    theirs: { values: Record<string, string>; comment: string },
    version: number,
  ): void {
    this.querySelector(".conflict")?.remove();
    const list = this.#lines.map((line) => {
      const other = theirs.values[line.input.name] ?? "未评";
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, line.name),
        h("td", {}, line.input.value || "未评"),
        h("td", {}, other),
      );
    });
    const mine = h("button", { type: "button", class: "button compact" }, "用我的");
    const take = h("button", { type: "button", class: "button compact" }, "用另一处的");
    const panel = h(
      "div",
      { class: "conflict", role: "alert", tabindex: "-1" },
      h("p", {}, words),
      h(
        "table",
        { class: "table" },
        h(
          "thead",
          {},
          h("tr", {}, h("th", {}, "评分项"), h("th", {}, "这里"), h("th", {}, "另一处")),
        ),
        h("tbody", {}, ...list),
      ),
      h("div", { class: "actions" }, mine, take),
    );
    const settle = (): void => {
      panel.remove();
      this.#acknowledged = JSON.stringify(theirs);
      this.#saver?.settle(version);
    };
    mine.addEventListener("click", settle);
    take.addEventListener("click", () => {
      this.#fill(theirs);
      settle();
    });
    this.prepend(panel);
    panel.focus();
  }

  #fill(content: { values: Record<string, string>; comment: string }): void {
    for (const line of this.#lines) line.fill(content.values[line.input.name] ?? "");
    if (this.#comment) this.#comment.value = content.comment;
    this.#total();
  }

  #restore(): void {
    const kept = this.#stash?.read();
    if (!kept) return;
    const { version, ...content } = kept;
    if (JSON.stringify(content) === this.#acknowledged) {
      this.#stash?.clear();
      return;
    }
    const standing = this.#content();
    this.#fill(content);
    if (version === this.#saver?.version) this.#saver.touch();
    else
      this.#choose(
        "上次有分数没来得及保存，而这份评分后来又改过。请选择保留哪一份。",
        standing,
        this.#saver?.version ?? 0,
      );
  }

  #submit(event: SubmitEvent): void {
    const wrong = this.#lines.find((line) => line.problem() !== "");
    if (wrong) {
      event.preventDefault();
      wrong.mark();
      wrong.input.focus();
      return;
    }
    const saver = this.#saver;
    if (!saver?.owed || this.#submitting) {
      this.#submitting = true;
      return;
    }
    event.preventDefault();
    void saver.flush().then(() => {
      if (saver.owed) return;
      this.#submitting = true;
      this.#form?.requestSubmit(event.submitter instanceof HTMLElement ? event.submitter : null);
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = this.#lines.findIndex((line) => line.input === event.target);
    if (event.key === "Enter" && here >= 0) {
      event.preventDefault();
      this.#go(here + (event.shiftKey ? -1 : 1));
    } else if (/^[1-9]$/.test(event.key) && !typing(event.target)) {
      event.preventDefault();
      this.#go(Number(event.key) - 1);
    } else if (event.key === "Escape" && here >= 0) {
      this.#lines[here]?.input.blur();
    }
  }

  #go(index: number): void {
    const line = this.#lines[index];
    if (!line) return;
    line.input.focus();
    line.input.select();
  }
}

customElements.define("fc-scoresheet", Scoresheet);
