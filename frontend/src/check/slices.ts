/** The file gave no answer in time, or more would have to be read than a look at its head is worth. */
export class TooMuch extends Error {}

export const MOST_BYTES = 8 * 1024 * 1024;
export const MOST_MILLISECONDS = 4000;
const BLOCK = 64 * 1024;
const MOST_KEPT = 32;

/** Pieces of a chosen file, so many bytes and so long at most: never the whole of it. */
export class Slices {
  readonly size: number;
  read = 0;
  readonly #file: Blob;
  readonly #until: number;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(file: Blob, milliseconds = MOST_MILLISECONDS) {
    this.#file = file;
    this.size = file.size;
    this.#until = performance.now() + milliseconds;
  }

  /** The bytes of `[at, at + length)`, fewer at the file's end. Raises `TooMuch`. */
  async at(at: number, length: number): Promise<DataView> {
    if (!(at >= 0 && length >= 0)) throw new TooMuch();
    const end = Math.min(this.size, at + length);
    if (end <= at) return new DataView(new ArrayBuffer(0));
    const block = Math.floor(at / BLOCK);
    if (Math.floor((end - 1) / BLOCK) === block) {
      const bytes = await this.#block(block);
      const from = at - block * BLOCK;
      // A file that shrank while it was looked at has less than its size said.
      const held = Math.max(0, Math.min(end - at, bytes.length - from));
      return new DataView(bytes.buffer, held ? from : 0, held);
    }
    return new DataView((await this.#fetch(at, end)).buffer);
  }

  async #block(number: number): Promise<Uint8Array> {
    let bytes = this.#blocks.get(number);
    if (!bytes) {
      bytes = await this.#fetch(number * BLOCK, Math.min(this.size, (number + 1) * BLOCK));
      if (this.#blocks.size >= MOST_KEPT) this.#blocks.clear();
      this.#blocks.set(number, bytes);
    }
    return bytes;
  }

  async #fetch(from: number, to: number): Promise<Uint8Array> {
    this.read += to - from;
    const left = this.#until - performance.now();
    if (this.read > MOST_BYTES || left <= 0) throw new TooMuch();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, refuse) => {
      timer = setTimeout(() => refuse(new TooMuch()), left);
    });
    try {
      return new Uint8Array(await Promise.race([this.#file.slice(from, to).arrayBuffer(), late]));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Four letters, or as many as there are. */
export function code(view: DataView, at: number, length = 4): string {
  let text = "";
  for (let place = at; place < Math.min(at + length, view.byteLength); place += 1) {
    text += String.fromCharCode(view.getUint8(place));
  }
  return text;
}
