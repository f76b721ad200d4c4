const DRIFT = 2_000;

/**
 * The server's time in this page. The reader's clock is never trusted: time runs on from what the
 * server wrote by the monotonic clock; where that slept (a closed lid) the server is asked again.
 */
export class ServerTime {
  #server: number;
  #monotonic = performance.now();
  #wall = Date.now();

  /** @param written the server's time as it stands in the page; NaN where it does not. */
  constructor(written: string | null) {
    this.#server = Date.parse(written ?? "");
  }

  get known(): boolean {
    return !Number.isNaN(this.#server);
  }

  /** Milliseconds since the epoch, by the server. */
  now(): number {
    return this.#server + performance.now() - this.#monotonic;
  }

  /** Asks the server again where this machine has slept. */
  async resync(url: string): Promise<void> {
    const slept = Date.now() - this.#wall - (performance.now() - this.#monotonic);
    if (Math.abs(slept) <= DRIFT) return;
    try {
      const answer = await fetch(url, { cache: "no-store" });
      const date = Date.parse(answer.headers.get("Date") ?? "");
      if (Number.isNaN(date)) return;
      this.#server = date;
      this.#wall = Date.now();
      this.#monotonic = performance.now();
    } catch {
      // Without a network the old reckoning stands; the deadline is the server's anyway.
    }
  }
}
