/**
 * The size and the shape of pixels that an H.264 stream itself states (ITU-T H.264, 7.3.2.1 and
 * E.1.1). A decoder believes it and not the file's header, and so does the server.
 */
export interface Coded {
  width: number;
  height: number;
  /** The shape of a pixel; 1 over 1 where the stream says nothing. */
  wide: number;
  high: number;
}

/** Indexed by aspect_ratio_idc, table E-1; 0 says nothing. */
const SHAPES: readonly (readonly [number, number])[] = [
  [1, 1],
  [1, 1],
  [12, 11],
  [10, 11],
  [16, 11],
  [40, 33],
  [24, 11],
  [20, 11],
  [32, 11],
  [80, 33],
  [18, 11],
  [15, 11],
  [64, 33],
  [160, 99],
  [4, 3],
  [3, 2],
  [2, 1],
];
/** Profiles whose sequence says how colours are stored. */
const RICH = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]);

/** What the one sequence of an `avcC` box says; nothing where there are several or it is broken. */
export function sequence(avcC: DataView): Coded | undefined {
  try {
    if (avcC.getUint8(0) !== 1 || (avcC.getUint8(5) & 31) !== 1) return undefined;
    const length = avcC.getUint16(6);
    if (length < 5 || 8 + length > avcC.byteLength) return undefined;
    return parsed(new Bits(new Uint8Array(avcC.buffer, avcC.byteOffset + 8, length)));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Bits of a network unit, its guards against false start codes taken out. */
class Bits {
  readonly #bytes: number[] = [];
  #at = 0;

  constructor(unit: Uint8Array) {
    let zeros = 0;
    for (const byte of unit) {
      if (zeros >= 2 && byte === 3) {
        zeros = 0;
        continue;
      }
      zeros = byte === 0 ? zeros + 1 : 0;
      this.#bytes.push(byte);
    }
  }

  bits(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit += 1) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError("a sequence that is cut short");
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  /** An Exp-Golomb number (9.1). */
  number(): number {
    let zeros = 0;
    while (this.bits(1) === 0) {
      zeros += 1;
      if (zeros > 31) throw new RangeError("a number that is too long");
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  signed(): number {
    const value = this.number();
    return value % 2 ? (value + 1) / 2 : -value / 2;
  }
}

function parsed(bits: Bits): Coded | undefined {
  if ((bits.bits(8) & 31) !== 7) return undefined;
  const profile = bits.bits(8);
  bits.bits(16);
  bits.number();
  let colours = 1;
  let apart = 0;
  if (RICH.has(profile)) {
    colours = bits.number();
    if (colours === 3) apart = bits.bits(1);
    bits.number();
    bits.number();
    bits.bits(1);
    if (bits.bits(1))
      for (let list = 0; list < (colours === 3 ? 12 : 8); list += 1) scaling(bits, list);
  }
  bits.number();
  order(bits);
  bits.number();
  bits.bits(1);
  const across = bits.number() + 1;
  const down = bits.number() + 1;
  const frames = bits.bits(1);
  if (!frames) bits.bits(1);
  bits.bits(1);
  const [x, y] = unit(apart ? 0 : colours, frames);
  let [width, height] = [across * 16, (2 - frames) * down * 16];
  if (bits.bits(1)) {
    width -= x * (bits.number() + bits.number());
    height -= y * (bits.number() + bits.number());
  }
  if (width <= 0 || height <= 0) return undefined;
  const [wide, high] = bits.bits(1) ? shape(bits) : [1, 1];
  return { width, height, wide, high };
}

function scaling(bits: Bits, list: number): void {
  if (!bits.bits(1)) return;
  let [last, next] = [8, 8];
  for (let place = 0; place < (list < 6 ? 16 : 64); place += 1) {
    if (next !== 0) next = (last + bits.signed() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function order(bits: Bits): void {
  const kind = bits.number();
  if (kind === 0) bits.number();
  if (kind !== 1) return;
  bits.bits(1);
  bits.signed();
  bits.signed();
  const cycle = bits.number();
  if (cycle > 255) throw new RangeError("a cycle that is too long");
  for (let frame = 0; frame < cycle; frame += 1) bits.signed();
}

/** How many pixels one step of the crop is, across and down (7-19 to 7-22). */
function unit(colours: number, frames: number): [number, number] {
  const [across, down] = { 1: [2, 2], 2: [2, 1] }[colours] ?? [1, 1];
  return [across ?? 1, (down ?? 1) * (2 - frames)];
}

function shape(bits: Bits): readonly [number, number] {
  if (!bits.bits(1)) return [1, 1];
  const kind = bits.bits(8);
  const [wide, high] = kind === 255 ? [bits.bits(16), bits.bits(16)] : (SHAPES[kind] ?? [1, 1]);
  return wide && high ? [wide, high] : [1, 1];
}
