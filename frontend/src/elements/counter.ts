import { characters } from "../kit/words";

/** `<fc-counter for="id" max="300">`: how many characters a field holds, and when it holds too many. */
export class Counter extends HTMLElement {
  #field: HTMLInputElement | HTMLTextAreaElement | null = null;
  readonly #show = (): void => this.#render();

  connectedCallback(): void {
    const field = document.getElementById(this.getAttribute("for") ?? "");
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
    this.#field = field;
    // The browser's own limit cuts in silence and counts UTF-16; the words here tell instead.
    field.removeAttribute("maxlength");
    field.addEventListener("input", this.#show);
    this.#render();
  }

  disconnectedCallback(): void {
    this.#field?.removeEventListener("input", this.#show);
  }

  #render(): void {
    if (!this.#field) return;
    const max = Number(this.getAttribute("max"));
    const count = characters(this.#field.value);
    const over = count - max;
    this.toggleAttribute("data-over", over > 0);
    this.textContent =
      over > 0 ? `已写 ${count} 字，超出 ${over} 字` : `已写 ${count} 字，最多 ${max} 字`;
    // Read out only when the limit is crossed, not at every key.
    this.setAttribute("aria-live", over > 0 ? "polite" : "off");
  }
}

customElements.define("fc-counter", Counter);
