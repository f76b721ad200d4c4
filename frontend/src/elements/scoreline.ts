import { h, icon } from "../kit/dom";
import { compare, decimal, type Exact, exact, onStep, plus, times } from "../kit/exact";
import { type Reading, standing } from "../kit/fields";

const ZERO: Exact = { units: 0n, places: 0 };
const ONE: Exact = { units: 1n, places: 0 };
const HUNDRED: Exact = { units: 100n, places: 0 };

/** The line of one criterion: its number, the buttons and the slide beside it, what is wrong with it. */
export class ScoreLine {
  readonly input: HTMLInputElement;
  readonly weight: Exact;
  readonly #row: HTMLElement;
  readonly #slide: HTMLInputElement;
  readonly #error: HTMLElement;
  readonly #min: Exact;
  readonly #max: Exact;
  readonly #step: Exact;

  constructor(row: HTMLElement, input: HTMLInputElement) {
    this.#row = row;
    this.input = input;
    this.#min = this.#read("min", ZERO);
    this.#max = this.#read("max", HUNDRED);
    this.#step = this.#read("step", ONE);
    this.weight = this.#read("data-weight", ONE);
    this.#slide = h("input", {
      type: "range",
      class: "score-slide",
      min: input.min,
      max: input.max,
      step: input.step || "1",
      tabindex: "-1",
      "aria-hidden": "true",
    });
    this.#error = h("p", { class: "score-error", role: "alert" });
    this.#error.hidden = true;
  }

  /** Puts buttons and slide beside a number that may be changed; `changed` is told of every change. */
  furnish(changed: () => void, signal: AbortSignal): void {
    this.#follow();
    if (this.fixed || this.#row.querySelector(".score-slide")) return;
    const typed = (): void => {
      this.mark();
      this.#follow();
      changed();
    };
    const button = (words: string, name: string, by: bigint): HTMLElement => {
      const made = h(
        "button",
        { type: "button", tabindex: "-1", "aria-label": `${this.name}${words}` },
        icon(name),
      );
      const press = (): void => {
        if (this.#move(by)) typed();
      };
      made.addEventListener("click", press, { signal });
      return made;
    };
    this.input.before(button("减一档", "minus", -1n));
    this.input.after(button("加一档", "plus", 1n));
    this.#row.append(this.#slide, this.#error);
    const slid = (): void => {
      this.input.value = this.#slide.value;
      typed();
    };
    this.#slide.addEventListener("input", slid, { signal });
    this.input.addEventListener("input", typed, { signal });
  }

  /** Whether the mark cannot be changed here. */
  get fixed(): boolean {
    return this.input.readOnly || this.input.disabled;
  }

  /** What the criterion is called. */
  get name(): string {
    const label = this.input.labels?.[0];
    return label?.firstChild?.textContent?.trim() || label?.textContent?.trim() || this.input.name;
  }

  /** The mark where it is given and right; null otherwise. */
  right(reading: Reading = "now"): Exact | null {
    const text = standing(this.input, reading);
    return this.problem(text) === "" ? exact(text) : null;
  }

  /** What is wrong with a mark, in words; empty when it is right or not given yet. */
  problem(text = this.input.value): string {
    if (text === "") return this.input.validity.badInput ? "请填数字" : "";
    const value = exact(text);
    if (!value) return "请填数字";
    if (compare(value, this.#min) < 0 || compare(value, this.#max) > 0) {
      return `应在 ${decimal(this.#min)} 到 ${decimal(this.#max)} 分之间`;
    }
    if (!onStep(value, this.#min, this.#step)) return `以 ${decimal(this.#step)} 分为一档`;
    return "";
  }

  /** Tells what is wrong with the mark beside it. */
  mark(): void {
    this.tell(this.problem());
  }

  /** Tells these words beside the mark; none where they are empty. */
  tell(problem: string): void {
    this.#row.toggleAttribute("data-invalid", problem !== "");
    this.#error.hidden = problem === "";
    if (problem) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    this.#error.replaceChildren(
      ...(problem ? [icon("alert"), `${problem}，这一项还没有保存`] : []),
    );
  }

  /** Puts a mark that comes from elsewhere, telling nobody of the change. */
  fill(text: string): void {
    this.input.value = text;
    this.mark();
    this.#follow();
  }

  /** Moves the mark by steps, from an end where none is given; whether it moved. */
  #move(by: bigint): boolean {
    const now = exact(this.input.value);
    const first = by > 0n ? this.#min : this.#max;
    const next = now ? plus(now, times(this.#step, { units: by, places: 0 })) : first;
    if (compare(next, this.#min) < 0 || compare(next, this.#max) > 0) return false;
    this.input.value = decimal(next);
    return true;
  }

  #follow(): void {
    const value = exact(this.input.value);
    this.#slide.value = value ? decimal(value) : this.input.min;
    this.#slide.toggleAttribute("data-empty", !value);
  }

  #read(name: string, otherwise: Exact): Exact {
    return exact(this.input.getAttribute(name) ?? "") ?? otherwise;
  }
}
