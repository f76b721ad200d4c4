/** The size of a still as it is shown, from its head: JPEG, PNG, GIF and WebP. */
import { fraction } from "./fraction";
import type { Fact } from "./predicate";
import { code, type Slices } from "./slices";

interface Size {
  width: number;
  height: number;
  /** Whether it stands on its side; undefined where that is not known. */
  turned: boolean | undefined;
}

const MOST_PARTS = 200;

/** The facts `width` and `height`; where the way up is unknown, the edges only. */
export async function picture(slices: Slices, format: string): Promise<Map<string, Fact>> {
  const size = await READERS[format]?.(slices);
  const facts = new Map<string, Fact>();
  if (!size?.width || !size.height) return facts;
  const sides = [fraction(size.width), fraction(size.height)] as const;
  if (size.turned === undefined) {
    const wider = size.width > size.height;
    facts.set("long_edge", sides[wider ? 0 : 1]);
    facts.set("short_edge", sides[wider ? 1 : 0]);
  } else {
    facts.set("width", sides[size.turned ? 1 : 0]);
    facts.set("height", sides[size.turned ? 0 : 1]);
  }
  return facts;
}

const READERS: Record<string, (slices: Slices) => Promise<Size | undefined>> = {
  jpeg,
  png,
  gif: async (slices) => {
    const head = await slices.at(0, 10);
    const [width, height] = [head.getUint16(6, true), head.getUint16(8, true)];
    return { width, height, turned: false };
  },
  webp,
};

/** ITU-T T.81, annex B: segments up to the one that begins a frame. */
async function jpeg(slices: Slices): Promise<Size | undefined> {
  let at = 2;
  let turned: boolean | undefined = false;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const head = await slices.at(at, 10);
    if (head.byteLength < 10 || head.getUint8(0) !== 0xff) return undefined;
    const mark = head.getUint8(1);
    if (mark === 0xff) {
      at += 1;
      continue;
    }
    if (mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark)) {
      return { width: head.getUint16(7), height: head.getUint16(5), turned };
    }
    if (mark === 0xd9 || mark === 0xda) return undefined;
    const length = head.getUint16(2);
    if (length < 2) return undefined;
    if (mark === 0xe1 && code(head, 4) === "Exif")
      turned = onItsSide(await slices.at(at + 10, length - 8));
    at += 2 + length;
  }
  return undefined;
}

/** The orientation in EXIF (a TIFF whose first directory has tag 0x0112); undefined if it is broken. */
function onItsSide(tiff: DataView): boolean | undefined {
  try {
    const little = tiff.getUint16(0) === 0x4949;
    const from = tiff.getUint32(4, little);
    const count = tiff.getUint16(from, little);
    for (let entry = 0; entry < count; entry += 1) {
      const at = from + 2 + 12 * entry;
      if (tiff.getUint16(at, little) !== 0x0112) continue;
      if (tiff.getUint16(at + 2, little) !== 3) return undefined;
      return tiff.getUint16(at + 8, little) >= 5 && tiff.getUint16(at + 8, little) <= 8;
    }
    return false;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

async function png(slices: Slices): Promise<Size | undefined> {
  const head = await slices.at(0, 24);
  if (code(head, 12) !== "IHDR") return undefined;
  let turned: boolean | undefined = false;
  let at = 8;
  for (let part = 0; part < MOST_PARTS; part += 1) {
    const chunk = await slices.at(at, 8);
    if (chunk.byteLength < 8 || ["IDAT", "IEND"].includes(code(chunk, 4))) break;
    // EXIF in a PNG is rare, and so is one that turns it.
    if (["eXIf", "tEXt", "zTXt", "iTXt"].includes(code(chunk, 4))) turned = undefined;
    at += 12 + chunk.getUint32(0);
  }
  return { width: head.getUint32(16), height: head.getUint32(20), turned };
}

async function webp(slices: Slices): Promise<Size | undefined> {
  const head = await slices.at(0, 30);
  const three = (at: number): number => head.getUint16(at, true) + (head.getUint8(at + 2) << 16);
  switch (code(head, 12)) {
    case "VP8X":
      return {
        width: three(24) + 1,
        height: three(27) + 1,
        turned: head.getUint8(20) & 8 ? undefined : false,
      };
    case "VP8L": {
      const bits = head.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1, turned: false };
    }
    case "VP8 ":
      return {
        width: head.getUint16(26, true) & 0x3fff,
        height: head.getUint16(28, true) & 0x3fff,
        turned: false,
      };
    default:
      return undefined;
  }
}
