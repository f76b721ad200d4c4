import { h } from "../kit/dom";
import { ServerTime } from "../kit/servertime";
import { left } from "../kit/words";

const NEAR = 3_600_000;

/**
 * `<fc-countdown deadline="…" now="…">`: how long is left by the server's clock.
 *
 * The text inside stays as the deadline.
 */
export class Countdown extends HTMLElement {
  #deadline = 0;
  #time = new ServerTime(null);
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left: HTMLElement = h("span", { class: "left" });
  readonly #woken = (): void => {
    if (document.visibilityState === "visible") void this.#resync();
  };

  connectedCallback(): void {
    this.#deadline = Date.parse(this.getAttribute("deadline") ?? "");
    this.#time = new ServerTime(this.getAttribute("now"));
    if (Number.isNaN(this.#deadline) || !this.#time.known) return;
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
    return this.#deadline - this.#time.now();
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
    await this.#time.resync(this.getAttribute("sync-url") ?? "/healthz");
    this.#tick();
  }
}

customElements.define("fc-countdown", Countdown);
