import { post, Unreachable } from "../kit/net";

interface Verdict {
  sound: boolean;
  waiting: number;
  problems: { line: number; path: string; message: string; mend: string }[];
}

const PAUSE = 600;

/**
 * `<fc-livecheck check-url>` around a card's form: asks, while one types, what the rulebook would say
 * of it, and writes that into `[data-verdict]`. Saves nothing; without it the answer comes with saving.
 */
export class LiveCheck extends HTMLElement {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #abort: AbortController | null = null;

  connectedCallback(): void {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.addEventListener("input", () => this.#soon(), { signal });
    this.addEventListener("change", () => this.#soon(), { signal });
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), PAUSE);
  }

  async #ask(): Promise<void> {
    const form = this.querySelector("form");
    const place = this.querySelector<HTMLElement>("[data-verdict]");
    const url = this.getAttribute("check-url");
    if (!form || !place || !url) return;
    this.#asked += 1;
    const mine = this.#asked;
    const sent: Record<string, string> = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") sent[name] = value;
    }
    try {
      const answer = await post(url, sent);
      if (mine !== this.#asked) return;
      if (answer.ok) this.#say(place, answer.body as unknown as Verdict);
      else place.textContent = answer.status === 422 ? answer.message : "";
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      if (mine === this.#asked) place.textContent = "网络断了，暂时不能检查；内容还在。";
    }
  }

  #say(place: HTMLElement, verdict: Verdict): void {
    const [first] = verdict.problems;
    if (!first) {
      place.textContent = "这样写没有问题（还没有保存）。";
      return;
    }
    const more =
      verdict.problems.length > 1 ? `（整份规则书还有 ${verdict.problems.length - 1} 处）` : "";
    place.textContent = `${first.message}。${first.mend}${more}`;
  }
}

customElements.define("fc-livecheck", LiveCheck);
