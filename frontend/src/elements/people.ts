import { h, icon } from "../kit/dom";

/**
 * `<fc-people>` around `[data-person]` rows: adds rows of people, takes them away, moves them up.
 *
 * Other lists are the same with another `data-noun` (条). Where a row has a `select[data-kind]`, its
 * `[data-only]` parts are shown for the kinds that they name; what is filled in is always shown.
 *
 * Without script the server's empty rows are what there is. Every change is an `input` event, so that
 * the draft saves itself.
 */
export class People extends HTMLElement {
  #abort: AbortController | null = null;
  readonly #more = h("button", { type: "button", class: "button quiet compact" }, icon("plus"));

  get #noun(): string {
    return this.dataset.noun ?? "位";
  }

  connectedCallback(): void {
    if (!this.rows.length) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    // Rows that the server left empty are not needed where one can add them.
    for (const row of this.rows.slice(1)) if (empty(row)) row.remove();
    for (const row of this.rows) this.#equip(row);
    this.#more.replaceChildren(icon("plus"), `再加一${this.#noun}`);
    this.append(this.#more);
    for (const row of this.rows) only(row);
    this.addEventListener(
      "change",
      (event) => {
        const select = event.target;
        if (!(select instanceof HTMLElement) || !select.matches("[data-kind]")) return;
        const row = select.closest<HTMLElement>("[data-person]");
        if (row) only(row);
      },
      { signal },
    );
    this.#more.addEventListener(
      "click",
      () => {
        this.#add();
        this.rows.at(-1)?.querySelector("input")?.focus();
        this.#changed();
      },
      { signal },
    );
    this.addEventListener(
      "click",
      (event) => {
        const button =
          event.target instanceof Element
            ? event.target.closest<HTMLElement>("[data-remove], [data-up]")
            : null;
        const row = button?.closest<HTMLElement>("[data-person]");
        if (!row || !button) return;
        if (button.matches("[data-up]")) {
          this.#up(row, button);
          return;
        }
        if (this.rows.length > 1) row.remove();
        else clear(row);
        this.#number();
        this.#more.focus();
        this.#changed();
      },
      { signal },
    );
    this.#number();
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
  }

  get rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-person]")];
  }

  /** Has exactly `count` rows (at least one), for texts that are put back. */
  setRows(count: number): void {
    while (this.rows.length < count) this.#add();
    for (const row of this.rows.slice(Math.max(1, count))) row.remove();
    for (const part of this.querySelectorAll<HTMLElement>("[data-only]")) part.hidden = false;
    this.#number();
  }

  #add(): void {
    const last = this.rows.at(-1);
    if (!last) return;
    const row = last.cloneNode(true) as HTMLElement;
    clear(row);
    only(row);
    last.after(row);
    this.#number();
  }

  /** The order of names is the order on the certificate: one place up, the focus stays. */
  #up(row: HTMLElement, button: HTMLElement): void {
    const before = row.previousElementSibling;
    if (!before?.matches("[data-person]")) return;
    before.before(row);
    this.#number();
    (button.hidden ? row.querySelector("input") : button)?.focus();
    this.#changed();
  }

  #equip(row: HTMLElement): void {
    if (row.querySelector("[data-remove]")) return;
    row.append(
      h(
        "span",
        { class: "person-tools" },
        h("button", { type: "button", class: "icon-button", "data-up": true }, icon("up")),
        h("button", { type: "button", class: "icon-button", "data-remove": true }, icon("close")),
      ),
    );
  }

  #number(): void {
    for (const [index, row] of this.rows.entries()) {
      row
        .querySelector("[data-remove]")
        ?.setAttribute("aria-label", `移除第 ${index + 1} ${this.#noun}`);
      const up = row.querySelector<HTMLElement>("[data-up]");
      up?.setAttribute("aria-label", `把第 ${index + 1} ${this.#noun}上移一${this.#noun}`);
      if (up) up.hidden = index === 0;
      for (const words of row.querySelectorAll(".sr-only")) {
        words.textContent = (words.textContent ?? "").replace(/第 \d+ /, `第 ${index + 1} `);
      }
    }
  }

  #changed(): void {
    this.rows[0]?.querySelector("input")?.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function empty(row: HTMLElement): boolean {
  return [...row.querySelectorAll("input")].every((field) => field.value.trim() === "");
}

/** Shows of a row what its kind has, and whatever holds something. */
function only(row: HTMLElement): void {
  const kind = row.querySelector<HTMLSelectElement>("select[data-kind]")?.value;
  if (kind === undefined) return;
  for (const part of row.querySelectorAll<HTMLElement>("[data-only]")) {
    const field = part.querySelector<HTMLInputElement | HTMLSelectElement>("input, select");
    const wanted = (part.dataset.only ?? "").split(" ").includes(kind);
    part.hidden = !wanted && (field?.value ?? "") === "";
  }
}

function clear(row: HTMLElement): void {
  for (const field of row.querySelectorAll("input")) {
    field.value = "";
    field.removeAttribute("id");
  }
  for (const field of row.querySelectorAll("select")) field.selectedIndex = 0;
}

customElements.define("fc-people", People);
