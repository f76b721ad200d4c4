import { ServerTime } from "../kit/servertime";

/**
 * `<fc-clock now="2026-04-30T16:59:58+08:00"><time>16:59:58</time></fc-clock>`: the server's clock,
 * running, in the server's time zone whatever the reader's is. Without script it stays a time stamp.
 */
export class Clock extends HTMLElement {
  #time = new ServerTime(null);
  #zone = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #woken = (): void => {
    if (document.visibilityState === "visible") void this.#resync();
  };

  connectedCallback(): void {
    const written = this.getAttribute("now") ?? "";
    this.#time = new ServerTime(written);
    const zone = /([+-])(\d\d):?(\d\d)$/.exec(written);
    if (!this.#time.known || !this.querySelector("time")) return;
    if (zone) {
      this.#zone = (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000;
    }
    this.querySelector("[data-stamp]")?.remove();
    document.addEventListener("visibilitychange", this.#woken);
    this.#tick();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#woken);
  }

  #tick(): void {
    clearTimeout(this.#timer);
    const now = this.#time.now();
    const shown = this.querySelector("time");
    if (shown) {
      const local = new Date(now + this.#zone).toISOString();
      shown.textContent = `${local.slice(0, 10)} ${local.slice(11, 19)}`;
      shown.dateTime = new Date(now).toISOString();
    }
    this.#timer = setTimeout(() => this.#tick(), 1_000 - (now % 1_000) + 2);
  }

  async #resync(): Promise<void> {
    await this.#time.resync(this.getAttribute("sync-url") ?? "/healthz");
    this.#tick();
  }
}

customElements.define("fc-clock", Clock);
