import { h, typing } from "../kit/dom";
import { type Hint, type Listener, line } from "../kit/live";
import { wordsFor } from "../kit/net";

/** Seconds between two looks while the line is up: a hint may be lost, an ending must not be. */
const CHECK = 20;
/** Seconds before each look while it is not; the last repeats. */
const LOOKS = [2, 2, 3, 4, 6, 8, 10, 15];
/** Before the line is up for the first time. */
const FIRST = 3;
/** Somebody types or a film plays in the part of the page that would be replaced. */
const WHILE_BUSY = 2;
const SPOKEN_EVERY = 10_000;

/** How often each part was looked at in vain; outlives the element, which each look may replace. */
const looked = new Map<string, number>();

/**
 * `<fc-progress channel ticket state refresh-url refresh-target>` around a text (`data-text`) and a
 * bar (`data-bar`): how far a job is, moved by hints from the server.
 *
 * A hint only hurries it along. When something has changed, and each time the line comes up, the
 * part named by `refresh-target` is fetched from `refresh-url`; while the line is down it is looked
 * at again and again, more and more rarely. Without `ticket` it only looks. An answer in which the
 * same job is still in the same `state` moves text and bar and leaves the rest of the page alone.
 */
export class Progress extends HTMLElement implements Listener {
  #leave: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;
  #again = false;
  #spoken = 0;
  readonly #seen = (): void => {
    // The line, if it comes up again sooner, has it look at once.
    if (document.visibilityState === "visible") this.#lookIn(1);
  };

  connectedCallback(): void {
    const channel = this.getAttribute("channel");
    const ticket = this.getAttribute("ticket");
    if (channel && ticket) this.#leave = line.join(channel, ticket, this);
    document.addEventListener("visibilitychange", this.#seen);
    this.#spoken = performance.now();
    this.#lookLater(ticket ? FIRST : 0);
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#leave();
    document.removeEventListener("visibilitychange", this.#seen);
  }

  hint({ event, data }: Hint): void {
    if (event === "progress") this.#show(Number(data.percent), String(data.text ?? ""));
    else this.#lookIn(0);
  }

  up(): void {
    this.#lookIn(0);
  }

  down(): void {
    looked.delete(this.#url);
    this.#lookLater();
  }

  get #url(): string {
    return this.getAttribute("refresh-url") ?? "";
  }

  get #target(): Element | null {
    return document.querySelector(this.getAttribute("refresh-target") ?? "");
  }

  #show(percent: number, text: string): void {
    const bar = this.querySelector<HTMLProgressElement>("progress");
    if (bar && Number.isFinite(percent)) {
      bar.value = percent;
      bar.textContent = `${percent}%`;
    }
    const words = this.querySelector("[data-text]");
    if (words && text) words.textContent = text;
    const now = performance.now();
    if (now - this.#spoken < SPOKEN_EVERY) return;
    this.#spoken = now;
    say(`${bar?.getAttribute("aria-label") ?? "进度"} ${percent}%`);
  }

  #lookLater(least = 0): void {
    const channel = this.getAttribute("channel") ?? "";
    const done = looked.get(this.#url) ?? 0;
    const wait = LOOKS[Math.min(done, LOOKS.length - 1)] ?? CHECK;
    this.#lookIn(line.hears(channel) ? CHECK : Math.max(wait, least));
  }

  #lookIn(seconds: number): void {
    clearTimeout(this.#timer);
    if (!this.isConnected) return;
    this.#timer = setTimeout(() => void this.#look(), seconds * 1_000);
  }

  async #look(): Promise<void> {
    if (document.visibilityState === "hidden") return; // looks when it is seen again
    if (this.#asking) {
      this.#again = true; // what is on its way may be older than the hint
      return;
    }
    const url = this.#url;
    looked.set(url, (looked.get(url) ?? 0) + 1);
    this.#asking = new AbortController();
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(url, {
        credentials: "same-origin",
        cache: "no-store",
        headers: { "HX-Request": "true", Accept: "text/html" },
        signal: this.#asking.signal,
      });
      text = await answer.text();
    } catch {
      this.#asking = undefined;
      this.#lookLater(); // the network is away, or this element is
      return;
    }
    this.#asking = undefined;
    if (!this.isConnected) return;
    if (
      answer.redirected ||
      (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
    ) {
      // Signed out, or taken away: asking on would not help. The page's own content stays.
      this.#giveUp(wordsFor(answer.redirected ? 401 : answer.status, ""));
      return;
    }
    if (answer.ok) this.#take(text);
    if (!this.isConnected) return;
    if (this.#again) this.#lookIn(0);
    else this.#lookLater();
    this.#again = false;
  }

  /** The same job in the same state: only text and bar. Anything else: the whole part. */
  #take(html: string): void {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const same = [...fresh.querySelectorAll("fc-progress")].find(
      (one) =>
        one.getAttribute("channel") === this.getAttribute("channel") &&
        one.getAttribute("state") === this.getAttribute("state") &&
        this.hasAttribute("channel"),
    );
    if (same) {
      const bar = same.querySelector<HTMLProgressElement>("progress");
      this.#show(bar?.value ?? Number.NaN, same.querySelector("[data-text]")?.textContent ?? "");
      this.#renew(same.getAttribute("ticket"));
      return;
    }
    const target = this.#target;
    if (!target) return;
    if (
      target.querySelector("[data-busy]") ||
      (target.contains(document.activeElement) && typing(document.activeElement))
    ) {
      this.#again = false;
      looked.delete(this.#url);
      queueMicrotask(() => this.#lookIn(WHILE_BUSY));
      return;
    }
    if (!fresh.querySelector("fc-progress")) {
      looked.delete(this.#url);
      say(
        `${this.querySelector("progress")?.getAttribute("aria-label") ?? "处理"}：已结束，结果已显示在页面上。`,
      );
    }
    document.dispatchEvent(
      new CustomEvent("fc:swap", { detail: { html, target: this.getAttribute("refresh-target") } }),
    );
  }

  /** A ticket is good for an hour; a page may stay open for longer. */
  #renew(ticket: string | null): void {
    const channel = this.getAttribute("channel");
    if (!ticket || !channel || ticket === this.getAttribute("ticket")) return;
    this.setAttribute("ticket", ticket);
    this.#leave = line.join(channel, ticket, this);
  }

  #giveUp(words: string): void {
    clearTimeout(this.#timer);
    this.#leave();
    const place = this.querySelector("[data-text]");
    if (place) place.textContent = words;
    say(words);
  }
}

/** For ears only, from a place that no replaced part takes away. */
function say(words: string): void {
  let place = document.querySelector<HTMLElement>("[data-spoken]");
  if (!place) {
    place = h("div", {
      class: "sr-only",
      role: "status",
      "aria-live": "polite",
      "data-spoken": true,
    });
    document.body.append(place);
  }
  place.textContent = words;
}

customElements.define("fc-progress", Progress);
