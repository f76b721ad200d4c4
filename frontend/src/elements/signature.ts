import { h } from "../kit/dom";

const WIDTH = 1000;
const HEIGHT = 400;
const STEP = 5;
const LONGEST = 23_000;

type Stroke = [number, number][];

/**
 * `<fc-signature>` around `<input type="hidden" name="drawing">`: a sheet to sign on by finger, pen or
 * mouse.
 *
 * The strokes are written into the input as `M x y` and `L x y` on a sheet of 1000 × 400, whatever the
 * size on screen; a refused form comes back with them and they are drawn again. Without script the
 * element stays hidden, and the name is typed instead.
 */
export class Signature extends HTMLElement {
  #strokes: Stroke[] = [];
  #pen: number | null = null;
  #canvas: HTMLCanvasElement = h("canvas", { class: "signature-sheet" });
  #state: HTMLElement = h("p", { class: "fine", role: "status" });
  #input: HTMLInputElement | null = null;
  #sizes: ResizeObserver | undefined;

  connectedCallback(): void {
    this.#input = this.querySelector<HTMLInputElement>("input[name=drawing]");
    if (!this.#input) return;
    this.#strokes = read(this.#input.value);
    this.#canvas.setAttribute("role", "img");
    this.#canvas.setAttribute("aria-label", "手写签名框；不方便手写时，请用下面的输入姓名签署");
    const clear = h("button", { class: "button quiet compact", type: "button" }, "清除重签");
    clear.addEventListener("click", () => this.#clear());
    this.append(this.#canvas, h("div", { class: "row between" }, this.#state, clear));
    this.hidden = false;
    this.#canvas.addEventListener("pointerdown", (event) => this.#down(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"] as const) {
      this.#canvas.addEventListener(end, (event) => this.#up(event));
    }
    this.#sizes = new ResizeObserver(() => this.#draw());
    this.#sizes.observe(this.#canvas);
    this.#tell();
  }

  disconnectedCallback(): void {
    this.#sizes?.disconnect();
  }

  #down(event: PointerEvent): void {
    if (this.#pen !== null || event.button > 0) return;
    event.preventDefault();
    this.#pen = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#strokes.push([this.#place(event)]);
    this.#draw();
  }

  #move(event: PointerEvent): void {
    if (event.pointerId !== this.#pen) return;
    const stroke = this.#strokes[this.#strokes.length - 1];
    if (!stroke) return;
    const several = event.getCoalescedEvents?.() ?? [];
    for (const each of several.length > 0 ? several : [event]) {
      const [x, y] = this.#place(each);
      const last = stroke[stroke.length - 1];
      if (last && Math.abs(x - last[0]) + Math.abs(y - last[1]) >= STEP) stroke.push([x, y]);
    }
    this.#draw();
  }

  #up(event: PointerEvent): void {
    if (event.pointerId !== this.#pen) return;
    this.#pen = null;
    this.#tell();
  }

  #clear(): void {
    this.#strokes = [];
    this.#draw();
    this.#tell();
  }

  #place(event: PointerEvent): [number, number] {
    const box = this.#canvas.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) / box.width) * WIDTH);
    const y = Math.round(((event.clientY - box.top) / box.height) * HEIGHT);
    return [Math.min(Math.max(x, 0), WIDTH), Math.min(Math.max(y, 0), HEIGHT)];
  }

  #tell(): void {
    if (!this.#input) return;
    const path = written(this.#strokes);
    this.#input.value = path.length > LONGEST ? "" : path;
    this.#state.textContent =
      path.length > LONGEST
        ? "笔画太多，请清除后重新签一次。"
        : path
          ? "已写下签名。"
          : "请用手指在框里写下姓名。";
  }

  #draw(): void {
    const box = this.#canvas.getBoundingClientRect();
    const sharp = window.devicePixelRatio || 1;
    const width = Math.round(box.width * sharp);
    const height = Math.round(box.height * sharp);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    const pen = this.#canvas.getContext("2d");
    if (!pen || !width) return;
    pen.clearRect(0, 0, width, height);
    pen.strokeStyle = getComputedStyle(this.#canvas).color;
    pen.lineWidth = (9 * width) / WIDTH;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    for (const stroke of this.#strokes) {
      pen.beginPath();
      for (const [n, [x, y]] of stroke.entries()) {
        const at: [number, number] = [(x * width) / WIDTH, (y * height) / HEIGHT];
        if (n === 0) pen.moveTo(...at);
        pen.lineTo(...at);
      }
      pen.stroke();
    }
  }
}

/** Strokes as the server reads them. */
export function written(strokes: readonly Stroke[]): string {
  return strokes
    .map((stroke) => stroke.map(([x, y], n) => `${n === 0 ? "M" : "L"}${x} ${y}`).join(""))
    .join("");
}

/** The same back; anything else is no stroke. */
export function read(path: string): Stroke[] {
  const strokes: Stroke[] = [];
  for (const [, word, x, y] of path.matchAll(/([ML])(\d{1,4}) (\d{1,4})/g)) {
    if (word === "M") strokes.push([]);
    strokes[strokes.length - 1]?.push([Number(x), Number(y)]);
  }
  return strokes;
}

customElements.define("fc-signature", Signature);
