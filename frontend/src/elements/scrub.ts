import { h } from "../kit/dom";

const LONG_PRESS = 350;

/**
 * `<fc-scrub src columns rows count>` around a poster: the pointer over the card (or a long press)
 * turns the pages of the sprite sheet. The sheet is fetched only when somebody asks.
 */
export class Scrub extends HTMLElement {
  #area: HTMLElement | null = null;
  #sheet: HTMLElement | null = null;
  #line: HTMLElement | null = null;
  #press: ReturnType<typeof setTimeout> | undefined;
  #held = false;
  #abort: AbortController | null = null;

  connectedCallback(): void {
    this.#area = this.closest<HTMLElement>(".work") ?? this;
    this.#abort = new AbortController();
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      act: (event: HTMLElementEventMap[K]) => void,
    ): void =>
      this.#area?.addEventListener(name, act, {
        signal: this.#abort?.signal ?? null,
      } as AddEventListenerOptions);
    on("pointermove", (event) => {
      if (event.pointerType === "mouse" || this.#held) this.#show(event.clientX, event.clientY);
    });
    on("pointerdown", (event) => {
      if (event.pointerType === "mouse") return;
      clearTimeout(this.#press);
      this.#press = setTimeout(() => {
        this.#held = true;
        this.#show(event.clientX, event.clientY);
      }, LONG_PRESS);
    });
    on("pointerleave", () => this.#hide());
    on("pointerup", () => this.#letGo());
    on("pointercancel", () => this.#letGo());
    on("contextmenu", (event) => {
      if (this.#held) event.preventDefault();
    });
    // A long press looked; it must not also open the work.
    this.#area.addEventListener(
      "click",
      (event) => {
        if (this.#held) event.preventDefault();
        this.#held = false;
      },
      { signal: this.#abort.signal, capture: true },
    );
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
    clearTimeout(this.#press);
  }

  /** Which tile stands for a place between 0 (left) and 1 (right). */
  tileAt(share: number): number {
    const count = Math.max(1, Number(this.getAttribute("count")) || 1);
    return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  }

  #show(x: number, y: number): void {
    const box = this.getBoundingClientRect();
    if (y < box.top || y > box.bottom || box.width === 0) {
      this.#hide();
      return;
    }
    const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
    const columns = Math.max(1, Number(this.getAttribute("columns")) || 1);
    const rows = Math.max(1, Number(this.getAttribute("rows")) || 1);
    const tile = this.tileAt(share);
    if (!this.#sheet || !this.#line) {
      this.#sheet = h("span", { class: "scrub-sheet" });
      this.#sheet.style.backgroundImage = `url("${this.getAttribute("src") ?? ""}")`;
      this.#sheet.style.backgroundSize = `${columns * 100}% ${rows * 100}%`;
      this.#line = h("span", { class: "scrub-line" });
      this.append(this.#sheet, this.#line);
    }
    const across = columns > 1 ? ((tile % columns) / (columns - 1)) * 100 : 0;
    const down = rows > 1 ? (Math.floor(tile / columns) / (rows - 1)) * 100 : 0;
    this.#sheet.hidden = false;
    this.#line.hidden = false;
    this.#sheet.style.backgroundPosition = `${across}% ${down}%`;
    this.#line.style.width = `${share * 100}%`;
  }

  #letGo(): void {
    clearTimeout(this.#press);
    this.#hide();
  }

  #hide(): void {
    if (this.#sheet) this.#sheet.hidden = true;
    if (this.#line) this.#line.hidden = true;
  }
}

customElements.define("fc-scrub", Scrub);
