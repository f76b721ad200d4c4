import { backoff } from "./net";

/** Something has changed: where, what, and a few words for the meantime. */
export interface Hint {
  channel: string;
  event: string;
  data: Record<string, unknown>;
}

/** Who waits for hints on a channel. */
export interface Listener {
  /** A hint came in. */
  hint(hint: Hint): void;
  /** The line stands (anew): what was said before is unknown, so look once. */
  up(): void;
  /** The line is broken: look by yourself until it is up. */
  down(): void;
}

interface Place {
  ticket: string;
  listeners: Set<Listener>;
}

/** Seconds without even a sign of life after which the line is taken for dead; one comes every 15. */
const SILENT_FOR = 40_000;
/** An element that is replaced by its successor must not cost a new connection. */
const LINGER = 1_000;
const TICKETS_MAX = 8;

/**
 * The page's one stream of hints, however many elements listen: over HTTP/1.1 a browser holds only
 * six connections to a server, for all tabs together. A hidden page holds none.
 */
export class Line {
  #places = new Map<string, Place>();
  #source: EventSource | undefined;
  #covered = new Set<string>();
  #up = false;
  #failures = 0;
  #heard = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #watching: ReturnType<typeof setInterval> | undefined;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#settle());
    // A page kept for the way back must not keep its stream.
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", () => this.#settle());
  }

  /** Whether hints on this channel can be relied on at the moment. */
  hears(channel: string): boolean {
    return this.#up && this.#covered.has(channel);
  }

  /** Listen to a channel by a ticket; returns how to stop. */
  join(channel: string, ticket: string, listener: Listener): () => void {
    const place = this.#places.get(channel) ?? { ticket, listeners: new Set() };
    place.ticket = ticket; // the newest is good for longest
    place.listeners.add(listener);
    this.#places.set(channel, place);
    this.#settle();
    return () => {
      place.listeners.delete(listener);
      if (place.listeners.size === 0 && this.#places.get(channel) === place) {
        setTimeout(() => {
          if (place.listeners.size > 0 || this.#places.get(channel) !== place) return;
          this.#places.delete(channel);
          this.#settle();
        }, LINGER);
      }
    };
  }

  /** Opens, keeps or closes the stream, once all elements of the page have said what they want. */
  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const wanted = [...this.#places.keys()];
      if (document.visibilityState === "hidden" || wanted.length === 0) this.#close();
      else if (this.#source && wanted.every((one) => this.#covered.has(one))) return;
      else if (this.#retrying === undefined || this.#source) this.#open();
    }, 0);
  }

  #open(): void {
    this.#close();
    if (typeof EventSource === "undefined") return;
    const places = [...this.#places].slice(0, TICKETS_MAX);
    const [first, ...others] = places.map(([, place]) => encodeURIComponent(place.ticket));
    if (first === undefined) return;
    const query = others.length ? `?with=${others.join("&with=")}` : "";
    const source = new EventSource(`/live/${first}/events${query}`);
    this.#source = source;
    this.#covered = new Set(places.map(([channel]) => channel));
    // Its own first words and not `open`: a proxy that holds bytes back opens and then says nothing.
    source.addEventListener("hello", () => {
      this.#heard = performance.now();
      this.#up = true;
      this.#failures = 0;
      this.#each("up");
    });
    source.addEventListener("beat", () => {
      this.#heard = performance.now();
    });
    source.addEventListener("again", () => this.#each("up"));
    source.addEventListener("message", (event) => {
      this.#heard = performance.now();
      this.#pass(String(event.data));
    });
    source.addEventListener("error", () => this.#fail());
    this.#heard = performance.now();
    this.#watching = setInterval(() => {
      if (performance.now() - this.#heard > SILENT_FOR) this.#fail();
    }, 5_000);
  }

  #close(): void {
    clearTimeout(this.#retrying);
    clearInterval(this.#watching);
    this.#retrying = undefined;
    this.#source?.close();
    this.#source = undefined;
    const was = this.#up;
    this.#up = false;
    if (was) this.#each("down");
    this.#covered.clear();
  }

  /** Not left to the browser, which would ask again every few seconds for ever, or never. */
  #fail(): void {
    this.#close();
    const wait = backoff(this.#failures) * 1_000 * (1 + Math.random());
    this.#failures += 1;
    this.#retrying = setTimeout(() => {
      this.#retrying = undefined;
      this.#settle();
    }, wait);
  }

  #each(what: "up" | "down"): void {
    for (const channel of this.#covered) {
      for (const listener of [...(this.#places.get(channel)?.listeners ?? [])]) listener[what]();
    }
  }

  #pass(text: string): void {
    let hint: Hint;
    try {
      hint = JSON.parse(text) as Hint;
    } catch {
      return;
    }
    if (typeof hint?.channel !== "string" || typeof hint.data !== "object" || !hint.data) return;
    for (const listener of [...(this.#places.get(hint.channel)?.listeners ?? [])]) {
      listener.hint(hint);
    }
  }
}

/** The page's line. */
export const line = new Line();
