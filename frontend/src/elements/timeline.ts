import { h } from "../kit/dom";
import { clock } from "../kit/words";

const STEP = 1;
const STRIDE = 10;

interface Mark {
  from: number;
  words: string;
}

/**
 * `<fc-timeline for="player" length="48" label>` around a drawn timeline (`.reel-track`s over the same
 * seconds, marks with `data-from` and a `<title>`): one slider for the whole of it. A click jumps the
 * film there, or to where a mark begins; ← → move a second (Shift, Page: ten), ↑ ↓ go to the mark before
 * and after, Enter plays. A cursor follows the film. The address's `#t=42.4` jumps there at first.
 */
export class Timeline extends HTMLElement {
  #abort: AbortController | null = null;
  #media: HTMLMediaElement | null = null;
  #marks: Mark[] = [];
  #wished: number | null = null;
  readonly #cursor = h("i", { class: "reel-cursor" });
  readonly #here = h("span", { class: "reel-here" });

  connectedCallback(): void {
    const length = this.length;
    this.#media = this.#find();
    if (!(length > 0) || !this.#media) return;
    this.#abort = new AbortController();
    const on = { signal: this.#abort.signal };
    // What only tells what is there (subtitles, speech) is no stop, unless there is nothing else.
    const all = [...this.querySelectorAll("[data-from]")];
    const faults = all.filter((one) => one.getAttribute("data-tone") !== "told");
    this.#marks = (faults.length ? faults : all)
      .map((one) => ({
        from: Number(one.getAttribute("data-from")),
        words: one.querySelector("title")?.textContent ?? "",
      }))
      .sort((one, other) => one.from - other.from);
    this.tabIndex = 0;
    this.setAttribute("role", "slider");
    this.setAttribute("aria-label", this.getAttribute("label") ?? "时间线");
    this.setAttribute("aria-valuemin", "0");
    this.setAttribute("aria-valuemax", String(Math.round(length)));
    this.#here.hidden = true;
    this.append(this.#cursor, this.#here);
    this.addEventListener("click", (event) => this.#click(event), on);
    this.addEventListener("pointermove", (event) => this.#look(event), on);
    this.addEventListener("pointerleave", () => this.#hide(), on);
    this.addEventListener("keydown", (event) => this.#key(event), on);
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) {
      this.#media.addEventListener(name, () => this.#follow(), on);
    }
    window.addEventListener("hashchange", () => this.#fromAddress(), on);
    document.addEventListener("click", (event) => this.#link(event), on);
    const words = this.closest("section")?.querySelector("[data-timeline-words]");
    if (words)
      words.textContent = "点一下跳到那一刻；键盘 ← → 逐秒移动，↑ ↓ 到上一处、下一处，回车播放";
    this.#place(this.#media.currentTime);
    this.#fromAddress();
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
    this.#cursor.remove();
    this.#here.remove();
  }

  /** How long the film is, in seconds. */
  get length(): number {
    return Number(this.getAttribute("length"));
  }

  /** Jump to a moment, in seconds, within the film. */
  seek(seconds: number): void {
    const moment = Math.min(Math.max(0, seconds), this.length);
    const player = document.getElementById(this.getAttribute("for") ?? "");
    const media = this.#media;
    if (!media) return;
    if (media.readyState === 0) this.#wished = moment;
    if (player && "seek" in player) (player as unknown as { seek(to: number): void }).seek(moment);
    else media.currentTime = moment;
    this.#place(moment);
  }

  #find(): HTMLMediaElement | null {
    const player = document.getElementById(this.getAttribute("for") ?? "");
    const place = player ?? document.querySelector(".inspection-view");
    return place?.querySelector<HTMLMediaElement>("video, audio") ?? null;
  }

  /** Which second stands at a place on the screen. */
  momentAt(x: number): number {
    const box = this.querySelector(".reel-track")?.getBoundingClientRect();
    if (!box?.width) return 0;
    return Math.min(1, Math.max(0, (x - box.left) / box.width)) * this.length;
  }

  #click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (!target?.closest(".reel-track")) return;
    const mark = target.closest("[data-from]");
    this.seek(mark ? Number(mark.getAttribute("data-from")) : this.momentAt(event.clientX));
  }

  /** Time codes of a page whose film is only heard: the player answers for all others. */
  #link(event: MouseEvent): void {
    if (this.#media instanceof HTMLVideoElement || event.defaultPrevented) return;
    const link =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-seek]") : null;
    if (!link) return;
    event.preventDefault();
    this.seek(Number(link.dataset.seek));
  }

  #look(event: PointerEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (event.pointerType !== "mouse" || !target?.closest(".reel-track")) {
      this.#hide();
      return;
    }
    const moment = this.momentAt(event.clientX);
    this.#here.textContent = clock(moment);
    this.#here.style.setProperty("--at", String(moment / this.length));
    this.#here.hidden = false;
  }

  #hide(): void {
    this.#here.hidden = true;
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const media = this.#media;
    if (!media) return;
    const now = this.#wished ?? media.currentTime;
    const step = event.shiftKey ? STRIDE : STEP;
    const steps: Record<string, number> = {
      ArrowRight: now + step,
      ArrowLeft: now - step,
      PageUp: now + STRIDE,
      PageDown: now - STRIDE,
      Home: 0,
      End: this.length,
      ArrowDown: this.#marks.find((one) => one.from > now + 0.05)?.from ?? now,
      ArrowUp: this.#marks.filter((one) => one.from < now - 0.05).at(-1)?.from ?? now,
    };
    const to = steps[event.key];
    if (event.key === "Enter") {
      if (media.paused) void media.play().catch(() => undefined);
      else media.pause();
    } else if (to !== undefined) this.seek(to);
    else return;
    // The player listens on the whole page: it must not go five seconds on top.
    event.preventDefault();
    event.stopPropagation();
  }

  #follow(): void {
    if (!this.#media) return;
    if (this.#media.readyState > 0 && !this.#media.seeking) this.#wished = null;
    this.#place(this.#wished ?? this.#media.currentTime);
  }

  #place(moment: number): void {
    const share = Math.min(1, Math.max(0, moment / this.length));
    this.#cursor.style.setProperty("--at", share.toFixed(4));
    this.setAttribute("aria-valuenow", String(Math.round(moment)));
    const begins = this.#marks.filter((one) => Math.abs(one.from - moment) < 0.5);
    const words = [...new Set(begins.map((one) => one.words))].slice(0, 3);
    this.setAttribute(
      "aria-valuetext",
      [`${clock(moment)}，共 ${clock(this.length)}`, ...words].join("；"),
    );
  }

  #fromAddress(): void {
    const found = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (found && this.hasAttribute("for")) this.seek(Number(found[1]));
  }
}

customElements.define("fc-timeline", Timeline);
