import { h } from "../kit/dom";
import { left } from "../kit/words";

const NEAR = 3_600_000;
const DRIFT = 2_000;

/**
 * `<fc-countdown deadline="…" now="…">`: how long is left by the server's clock.
 *
 * The reader's clock is never trusted: time runs on from `now` by the monotonic clock. Where that
 * clock slept (a closed lid) the server is asked again. The text inside stays as the deadline.
 */
export class Countdown extends HTMLElement {
  #deadline = 0;
  #server = 0;
  #monotonic = 0;
  #wall = 0;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left: HTMLElement = h("span", { class: "left" });
  readonly #woken = (): void => {
    if (document.visibilityState === "visible") void this.#resync();
  };

  connectedCallback(): void {
    this.#deadline = Date.parse(this.getAttribute("deadline") ?? "");
    this.#server = Date.parse(this.getAttribute("now") ?? "");
    if (Number.isNaN(this.#deadline) || Number.isNaN(this.#server)) return;
    this.#wall = Date.now();
    this.#monotonic = performance.now();
    // The server wrote how long is left; from here on it is kept true.
    const written = this.querySelector<HTMLElement>(".left");
    if (written) this.#left = written;
    else this.append(" ", this.#left);
    document.addEventListener("visibilitychange", this.#woken);
    this.#over = this.#remaining() <= 0;
    this.#tick();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#woken);
  }

  #remaining(): number {
    return this.#deadline - (this.#server + performance.now() - this.#monotonic);
  }

  #tick(): void {
    clearTimeout(this.#timer);
    const rest = this.#remaining();
    this.toggleAttribute("data-near", rest > 0 && rest <= NEAR);
    this.toggleAttribute("data-over", rest <= 0);
    this.#left.textContent = rest > 0 ? `还有 ${left(rest)}` : `已过 ${left(-rest)}`;
    if (rest <= 0 && !this.#over) {
      this.#over = true;
      this.#left.setAttribute("role", "status");
      this.dispatchEvent(new CustomEvent("fc-deadline", { bubbles: true }));
    }
    const every = Math.abs(rest) > NEAR ? 30_000 : 1_000;
    // Just before the end the timer meets it exactly.
    this.#timer = setTimeout(() => this.#tick(), rest > 0 ? Math.min(every, rest + 5) : every);
  }

  async #resync(): Promise<void> {
    const slept = Date.now() - this.#wall - (performance.now() - this.#monotonic);
    if (Math.abs(slept) > DRIFT) {
      try {
        const answer = await fetch(this.getAttribute("sync-url") ?? "/healthz", {
          cache: "no-store",
        });
        const date = Date.parse(answer.headers.get("Date") ?? "");
        if (!Number.isNaN(date)) {
          this.#server = date;
          this.#wall = Date.now();
          this.#monotonic = performance.now();
        }
      } catch {
        // Without a network the old reckoning stands; the deadline is the server's anyway.
      }
    }
    this.#tick();
  }
}

customElements.define("fc-countdown", Countdown);
