/** The boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2): where they are, never what they promise. */
import { code, type Slices, TooMuch } from "./slices";

export interface Box {
  kind: string;
  at: number;
  body: number;
  /** Where it ends, cut at what holds it. */
  end: number;
  /** How many bytes it promises beyond that. */
  missing: number;
}

const MOST_INSIDE = 256;

/** The boxes between two places of the file. A length that cannot be ends the walk. */
export async function boxes(
  slices: Slices,
  from: number,
  to: number,
  most = MOST_INSIDE,
): Promise<Box[]> {
  const found: Box[] = [];
  let at = from;
  while (at + 8 <= to) {
    if (found.length >= most) throw new TooMuch();
    const head = await slices.at(at, 16);
    if (head.byteLength < 8) break;
    let length = head.getUint32(0);
    let header = 8;
    if (length === 1 && head.byteLength === 16) {
      length = head.getUint32(8) * 2 ** 32 + head.getUint32(12);
      header = 16;
    } else if (length === 0) {
      length = to - at;
    }
    if (length < header) break;
    const end = Math.min(to, at + length);
    found.push({ kind: code(head, 4), at, body: at + header, end, missing: at + length - end });
    at += length;
  }
  return found;
}

/** The first box of a kind inside another. */
export async function inside(slices: Slices, box: Box, kind: string): Promise<Box | undefined> {
  return (await boxes(slices, box.body, box.end)).find((each) => each.kind === kind);
}

/** The content of a box, `most` bytes at most; more is `TooMuch`. */
export async function content(slices: Slices, box: Box, most: number): Promise<DataView> {
  if (box.end - box.body > most) throw new TooMuch();
  return slices.at(box.body, box.end - box.body);
}

/** What the outermost boxes tell, as the server's `media.boxes.scan` does. */
export interface Layout {
  container: string;
  sound: boolean;
  index: Box | undefined;
  fragmented: boolean;
  faststart: boolean;
  missing: number;
}

const MOST_OUTERMOST = 1024;

/** Walk the outermost boxes. Raises `TooMuch` where there are too many. */
export async function layout(slices: Slices): Promise<Layout> {
  const all = await boxes(slices, 0, slices.size, MOST_OUTERMOST);
  const first = (kind: string): Box | undefined => all.find((box) => box.kind === kind);
  const type = first("ftyp");
  const data = first("mdat");
  let index = first("moov");
  // Only the last one can promise more than there is.
  const cut = all.slice(-1).find((box) => box.missing > 0 && /^(moov|mdat|moof)$/.test(box.kind));
  if (cut?.kind === "moov") index = undefined;
  const brand = type ? code(await slices.at(type.body, 4), 0).replace(/[^ -~]/g, "") : "qt  ";
  return {
    container: named(brand),
    sound: /^M4[ABP] $/.test(brand),
    index,
    fragmented: first("moof") !== undefined,
    faststart: index !== undefined && (!data || index.at < data.at),
    missing: cut?.missing ?? 0,
  };
}

function named(brand: string): string {
  const plain = brand.trim().toLowerCase();
  if (plain === "qt") return "mov";
  if (plain.startsWith("3g")) return "3gp";
  return { m4v: "m4v", m4a: "m4a", m4b: "m4a" }[plain] ?? "mp4";
}
