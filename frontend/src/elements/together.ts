import { h, icon } from "../kit/dom";

const DRIFT = 0.3;

/**
 * `<fc-together>` around two films, a place `data-together-words` for its own button, and buttons with `data-left data-right data-pace` (seconds, and how
 * many seconds of the right film one of the left is): a button sets both to its moment and plays them
 * together; whoever pauses, seeks or slows the left one does so to both. The right one is silent
 * until it is asked for.
 */
export class Together extends HTMLElement {
  #abort: AbortController | null = null;
  #left: HTMLVideoElement | null = null;
  #right: HTMLVideoElement | null = null;
  #from: { left: number; right: number; pace: number } | null = null;
  readonly #listen = h("button", {
    type: "button",
    class: "button compact",
    "aria-pressed": "false",
  });

  connectedCallback(): void {
    const [left, right] = this.querySelectorAll("video");
    if (!left || !right) return;
    this.#left = left;
    this.#right = right;
    right.muted = true;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    for (const button of this.querySelectorAll<HTMLButtonElement>("button[data-left]")) {
      button.addEventListener("click", () => this.#start(button), { signal });
    }
    // What has to wait for its bytes, or is at its end, is not run away from.
    for (const what of ["pause", "waiting", "ended"]) {
      left.addEventListener(what, () => this.#from && right.pause(), { signal });
    }
    for (const what of ["play", "playing"]) {
      left.addEventListener(what, () => this.#from && this.#play(right), { signal });
    }
    for (const what of ["timeupdate", "seeked", "ratechange"]) {
      left.addEventListener(what, () => this.#follow(), { signal });
    }
    this.#listen.addEventListener("click", () => this.#swap(), { signal });
    this.#say();
    this.querySelector("[data-together-words]")?.append(this.#listen);
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
    this.#listen.remove();
  }

  #start(button: HTMLButtonElement): void {
    const { left, right, pace } = button.dataset;
    this.#from = { left: Number(left), right: Number(right), pace: Number(pace) || 1 };
    for (const each of this.querySelectorAll("button[data-left]")) {
      if (each === button) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    if (!this.#left || !this.#right) return;
    this.#left.currentTime = this.#from.left;
    this.#right.currentTime = this.#from.right;
    this.#play(this.#left);
    this.#play(this.#right);
    this.#left.closest("div")?.scrollIntoView?.({ block: "nearest" });
  }

  /** A browser may refuse to play; its own button then does. */
  #play(film: HTMLVideoElement): void {
    if (!film.ended) void film.play().catch(() => undefined);
  }

  #follow(): void {
    if (!this.#from || !this.#left || !this.#right) return;
    const { left, right, pace } = this.#from;
    const rate = Math.min(4, Math.max(0.25, this.#left.playbackRate * pace));
    if (this.#right.playbackRate !== rate) this.#right.playbackRate = rate;
    const wanted = Math.max(0, right + (this.#left.currentTime - left) * pace);
    if (Math.abs(this.#right.currentTime - wanted) > DRIFT && !this.#right.seeking) {
      this.#right.currentTime = wanted;
    }
  }

  #swap(): void {
    if (!this.#left || !this.#right) return;
    const other = this.#right.muted;
    this.#right.muted = !other;
    this.#left.muted = other;
    this.#say();
  }

  #say(): void {
    const other = !this.#right?.muted;
    this.#listen.setAttribute("aria-pressed", String(other));
    this.#listen.replaceChildren(icon("sound"), other ? "正在听对方的声音" : "改听对方的声音");
  }
}

customElements.define("fc-together", Together);
