const CITE = "[data-cite-field]";

/**
 * `<fc-notice>` around a notice's sentences (`.sentence[data-cite][data-section]`): the sentence that
 * is chosen, or the words marked in it, become the citation of the rule whose field was touched last.
 * Without it people write the citation by hand.
 */
export class Notice extends HTMLElement {
  #field: HTMLInputElement | null = null;
  #abort: AbortController | null = null;

  connectedCallback(): void {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.querySelector<HTMLElement>("[data-hint]")?.removeAttribute("hidden");
    for (const sentence of this.querySelectorAll<HTMLElement>(".sentence[data-cite]")) {
      if (!sentence.dataset.cite) continue;
      sentence.setAttribute("role", "button");
      sentence.tabIndex = 0;
    }
    document.addEventListener("focusin", (event) => this.#touched(event.target), { signal });
    this.addEventListener("click", (event) => this.#chosen(event.target), { signal });
    this.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        if (!(event.target instanceof HTMLElement) || !event.target.matches(".sentence")) return;
        event.preventDefault();
        this.#chosen(event.target);
      },
      { signal },
    );
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
  }

  #touched(target: EventTarget | null): void {
    if (!(target instanceof HTMLElement) || this.contains(target)) return;
    // Any field of a card will do: the citation belongs to the card.
    const field = target.closest("form")?.querySelector<HTMLInputElement>(CITE) ?? null;
    if (!field) return;
    this.#field?.removeAttribute("data-linking");
    this.#field = field;
    field.setAttribute("data-linking", "");
  }

  #chosen(target: EventTarget | null): void {
    const sentence =
      target instanceof Element ? target.closest<HTMLElement>(".sentence[data-cite]") : null;
    if (!sentence) return;
    if (!this.#field?.isConnected) {
      this.#say("请先点开一条规则，点一下它的“出处”，再点这里的句子。");
      return;
    }
    this.#field.value = this.#citation(sentence);
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    this.#say(`已写好出处：${this.#field.value}`);
    getSelection()?.removeAllRanges();
  }

  #citation(sentence: HTMLElement): string {
    const marked = getSelection();
    const words = marked?.toString().replace(/\s+/g, " ").trim() ?? "";
    const inside = marked?.anchorNode && sentence.contains(marked.anchorNode);
    if (words.length > 1 && inside && sentence.textContent?.includes(words)) {
      return `${sentence.dataset.section || "正文"} ${words}`;
    }
    return sentence.dataset.cite ?? "";
  }

  #say(words: string): void {
    const place = this.querySelector<HTMLElement>("[data-said]");
    if (place) place.textContent = words;
  }
}

customElements.define("fc-notice", Notice);
