import { h, icon } from "../kit/dom";
import { type Control, controls, type Value, type Values, valuesOf } from "../kit/fields";
import type { Answer } from "../kit/net";
import { guardLeaving, Saver, showMark } from "../kit/saver";
import { Stash } from "../kit/stash";
import { conflictPanel, type Difference } from "./conflict";
import { People } from "./people";

interface Kept {
  version: number;
  fields: Values;
}

/**
 * `<fc-autosave save-url version draft-key>` around a form: what is typed is sent by itself.
 *
 * Sends `{version, fields}` with the changed fields only; the answer is `{version}`. On 409 (`version`,
 * `current`) both texts stay and the person chooses. What the server has not acknowledged is kept in
 * this browser. Fields of an `fc-people` or a `[data-together]` travel and are chosen together.
 * Controls outside this element or with `data-no-autosave`, files, buttons and hidden fields are left
 * alone. The saved mark is `[data-saved]`, here or else anywhere on the page. The form asks for
 * `autocomplete="off"`: a browser's own restoring would put old text over what others wrote since.
 */
export class Autosave extends HTMLElement {
  #form: HTMLFormElement | null = null;
  #mark: HTMLElement | null = null;
  #saver: Saver | null = null;
  #stash: Stash<Kept> | null = null;
  #acknowledged: Values = {};
  #panel: HTMLElement | null = null;
  #leave: (() => void) | null = null;
  #submitting = false;
  #abort: AbortController | null = null;

  connectedCallback(): void {
    this.#form = this.querySelector("form");
    const url = this.getAttribute("save-url");
    if (!this.#form || !url) return;
    this.#mark =
      this.querySelector<HTMLElement>("[data-saved]") ??
      document.querySelector<HTMLElement>("[data-saved]");
    if (!this.#mark) {
      this.#mark = h("span", { "data-saved": true, role: "status" });
      this.#form.append(this.#mark);
    }
    const mark = this.#mark;
    this.#stash = new Stash<Kept>(`draft:${this.getAttribute("draft-key") ?? url}`);
    // What the server sent, not what stands here: somebody may have typed before this script came.
    this.#acknowledged = valuesOf(this.#controls(), "served");
    this.#saver = new Saver({
      url,
      version: Number(this.getAttribute("version") ?? 0),
      delay: Number(this.getAttribute("delay") ?? 800),
      payload: () => {
        const fields = this.#changed();
        return Object.keys(fields).length ? { fields } : null;
      },
      onSaved: (sent, answer) => this.#saved(sent.fields as Values, answer),
      onConflict: (answer) => this.#conflict(answer),
      onRefused: (answer) => this.#refused(answer),
      onState: (state, words) => showMark(mark, state, words),
    });
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#form.addEventListener("input", () => this.#typed(), { signal });
    this.#form.addEventListener("change", () => this.#typed(), { signal });
    this.#form.addEventListener("submit", (event) => this.#submit(event), { signal });
    window.addEventListener("online", () => this.#saver?.wake(), { signal });
    this.#leave = guardLeaving(() => !this.#submitting && (this.#saver?.owed ?? false));
    const early = this.#changed();
    this.#restore(early);
    if (Object.keys(early).length) this.#typed();
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
    this.#leave?.();
    this.#saver?.stop();
  }

  values(): Values {
    return valuesOf(this.#controls());
  }

  #controls(): Control[] {
    return this.#form ? controls(this.#form, this) : [];
  }

  #changed(): Values {
    const now = this.values();
    const names = Object.keys(now).filter((name) => !same(now[name], this.#acknowledged[name]));
    return Object.fromEntries(
      names.flatMap((name) => this.#companions(name)).map((name) => [name, now[name] ?? ""]),
    );
  }

  /** The names that travel with `name`: those of its group, or itself alone. */
  #companions(name: string): string[] {
    const group = this.#group(name);
    if (!group) return [name];
    return [
      ...new Set(
        this.#controls()
          .filter((one) => group.contains(one))
          .map((one) => one.name),
      ),
    ];
  }

  #group(name: string): HTMLElement | null {
    const control = this.#controls().find((one) => one.name === name);
    return control?.closest<HTMLElement>("fc-people, [data-together]") ?? null;
  }

  #typed(): void {
    const saver = this.#saver;
    if (!saver) return;
    this.#stash?.write({ version: saver.version, fields: this.#changed() });
    saver.touch();
  }

  #saved(sent: Values, answer: Answer): void {
    Object.assign(this.#acknowledged, sent);
    this.#takeOver(flat((answer.body.merged ?? {}) as Record<string, unknown>));
    this.#clearErrors();
    this.#carryVersion();
    const rest = this.#changed();
    if (Object.keys(rest).length) {
      this.#stash?.write({ version: this.#saver?.version ?? 0, fields: rest });
    } else {
      this.#stash?.clear();
    }
    this.dispatchEvent(new CustomEvent("fc-saved", { bubbles: true, detail: { fields: sent } }));
  }

  /** What somebody else changed meanwhile and this page did not touch. */
  #takeOver(merged: Values): void {
    this.#spread(merged);
    const mine = this.#changed();
    for (const [name, value] of Object.entries(merged)) {
      if (!(name in this.#acknowledged) || name in mine) continue;
      this.#fill(name, value);
      this.#acknowledged[name] = this.values()[name] ?? value;
    }
  }

  /** A plain submit must name the version that stands, or it would refuse its own draft. */
  #carryVersion(): void {
    const hidden = this.#form?.querySelector<HTMLInputElement>(
      'input[type="hidden"][name="version"]',
    );
    if (hidden) hidden.value = String(this.#saver?.version ?? 0);
  }

  #submit(event: SubmitEvent): void {
    const saver = this.#saver;
    if (!saver || this.#submitting) return;
    if (!saver.owed) {
      this.#submitting = true;
      return;
    }
    // First the draft, so that the submit meets its own version; then the submit as it was asked.
    event.preventDefault();
    void saver.flush().then(() => {
      if (saver.state === "conflict") return;
      this.#submitting = true;
      this.#form?.requestSubmit(event.submitter instanceof HTMLElement ? event.submitter : null);
    });
  }

  /** Text that this browser kept from last time and the server never got. */
  #restore(early: Values): void {
    const kept = this.#stash?.read();
    if (!kept) return;
    const here = this.values();
    const owed = Object.entries(kept.fields).filter(
      ([name, value]) => name in here && !(name in early) && !same(value, here[name]),
    );
    if (!owed.length) {
      this.#stash?.clear();
      return;
    }
    if (kept.version === this.#saver?.version) {
      for (const [name, value] of owed) this.#fill(name, value);
      this.#saver.touch();
      return;
    }
    const theirs = Object.fromEntries(owed.map(([name]) => [name, here[name] ?? ""]));
    for (const [name, value] of owed) this.#fill(name, value);
    this.#choose(
      "上次有文字没来得及保存，而这份草稿后来又改过。两份都在，请选择保留哪一份。",
      theirs,
      this.#saver?.version ?? 0,
    );
  }

  #conflict(answer: Answer): void {
    const current = flat((answer.body.current ?? {}) as Record<string, unknown>);
    this.#spread(current);
    const mine = this.#changed();
    const theirs: Values = {};
    const differs = Object.keys(mine).some((name) => {
      const value = current[name];
      return value !== undefined && !same(value, mine[name]);
    });
    if (differs) {
      for (const name of Object.keys(mine)) {
        const value = current[name];
        const group = this.#companions(name);
        const apart = group.some(
          (one) => current[one] !== undefined && !same(current[one], mine[one]),
        );
        if (value !== undefined && apart) theirs[name] = value;
      }
    }
    // What they changed and I did not touch is simply taken over.
    for (const [name, value] of Object.entries(current)) {
      if (name in this.#acknowledged && !(name in mine)) {
        this.#fill(name, value);
        this.#acknowledged[name] = this.values()[name] ?? value;
      }
    }
    this.#choose(answer.message, theirs, Number(answer.body.version ?? 0));
  }

  /** A list that several choices of the form make up (`division-0`, `division-1` of `divisions`). */
  #spread(current: Values): void {
    for (const one of this.#controls()) {
      const list = current[`${one.name.replace(/-\d+$/, "")}s`];
      if (!(one instanceof HTMLSelectElement) || !/-\d+$/.test(one.name) || !Array.isArray(list))
        continue;
      const chosen = [...one.options].find(({ value }) => value !== "" && list.includes(value));
      current[one.name] = chosen?.value ?? "";
    }
  }

  /** A value as people read it: of a list to choose from, the words and not the code. */
  #read(name: string, value: Value): Value {
    const control = this.#controls().find((one) => one.name === name);
    if (!(control instanceof HTMLSelectElement) || Array.isArray(value)) return value;
    const option = [...control.options].find((one) => one.value === value);
    return option?.textContent?.trim() ?? value;
  }

  #choose(words: string, theirs: Values, version: number): void {
    this.#panel?.remove();
    const settle = (): void => {
      this.#panel?.remove();
      this.#panel = null;
      this.#saver?.settle(version);
    };
    const settled = new Set<string>();
    const differences: Difference[] = [];
    for (const first of Object.keys(theirs)) {
      if (settled.has(first)) continue;
      const names = this.#companions(first).filter((name) => name in theirs || name === first);
      for (const name of names) settled.add(name);
      const now = this.values();
      differences.push({
        label: this.#label(first),
        mine: together(names.map((name) => this.#read(name, now[name] ?? ""))),
        theirs: together(names.map((name) => this.#read(name, theirs[name] ?? now[name] ?? ""))),
        keep: () => {
          for (const name of names)
            if (theirs[name] !== undefined) this.#acknowledged[name] = theirs[name];
        },
        take: () => {
          for (const name of names) if (theirs[name] !== undefined) this.#fill(name, theirs[name]);
          const filled = this.values();
          for (const name of names) this.#acknowledged[name] = filled[name] ?? "";
        },
      });
    }
    if (!differences.length) {
      settle();
      return;
    }
    this.#panel = conflictPanel(words, differences, settle);
    this.prepend(this.#panel);
    this.#panel.focus();
  }

  #label(name: string): string {
    const control = this.#controls().find((one) => one.name === name);
    const legend = control?.closest("fieldset")?.querySelector("legend");
    const group =
      control instanceof HTMLInputElement && ["radio", "checkbox"].includes(control.type);
    const text = (group && legend ? legend : (control?.labels?.[0] ?? legend))?.textContent ?? name;
    return text.replace("（选填）", "").trim();
  }

  #fill(name: string, value: Value): void {
    const group = this.#group(name);
    if (group instanceof People) group.setRows(Array.isArray(value) ? value.length : 1);
    const controls = this.#controls().filter((one) => one.name === name);
    for (const [index, control] of controls.entries()) {
      if (control instanceof HTMLInputElement && control.type === "radio") {
        control.checked = control.value === value;
      } else if (control instanceof HTMLInputElement && control.type === "checkbox") {
        control.checked = Array.isArray(value) ? value.includes(control.value) : value === true;
      } else if (control instanceof HTMLSelectElement && control.multiple) {
        for (const option of control.options) {
          option.selected = Array.isArray(value) && value.includes(option.value);
        }
      } else {
        control.value = Array.isArray(value) ? (value[index] ?? "") : String(value);
      }
    }
  }

  #refused(answer: Answer): void {
    this.#clearErrors();
    const fields = (answer.body.fields ?? {}) as Record<string, string>;
    for (const [name, text] of Object.entries(fields)) {
      const control = this.#controls().find((one) => one.name === name);
      const error = h(
        "p",
        { class: "field-error", "data-autosave-error": true },
        icon("alert"),
        h("span", {}, text),
      );
      control?.closest(".field")?.append(error);
    }
    if (this.#mark) showMark(this.#mark, "refused", answer.message);
  }

  #clearErrors(): void {
    for (const error of this.querySelectorAll("[data-autosave-error]")) error.remove();
  }
}

/** `"甲"` and `["甲"]` are the same thing said by a page with one row and by a server with a list. */
function same(one: Value | undefined, other: Value | undefined): boolean {
  const plain = (value: Value | undefined): unknown =>
    Array.isArray(value) && value.length === 1 ? value[0] : value;
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}

/** The server's people (`authors: [{name, role}]`) as the page's fields (`authors-name`, `authors-role`). */
function flat(current: Record<string, unknown>): Values {
  const values: Values = {};
  for (const [key, value] of Object.entries(current)) {
    const rows = Array.isArray(value)
      ? value.filter((row) => row !== null && typeof row === "object")
      : [];
    if (!rows.length) {
      values[key] = value as Value;
      continue;
    }
    for (const row of rows as Record<string, unknown>[]) {
      for (const [part, text] of Object.entries(row)) {
        const name = `${key}-${part}`;
        values[name] = [...((values[name] as string[] | undefined) ?? []), String(text)];
      }
    }
  }
  return values;
}

/** Rows of people read across: 名字 分工, one a line; anything else as it is. */
function together(values: Value[]): string {
  if (values.length < 2) return shown(values[0] ?? "");
  const lists = values.map((value) => (Array.isArray(value) ? value : [String(value)]));
  const rows = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: rows }, (_, row) => lists.map((list) => list[row] ?? "").join(" "))
    .filter((line) => line.trim() !== "")
    .join("\n");
}

function shown(value: Value): string {
  if (Array.isArray(value)) return value.join("、");
  if (typeof value === "boolean") return value ? "已勾选" : "未勾选";
  return value;
}

customElements.define("fc-autosave", Autosave);
