/** One track of a film, read from its boxes without decoding a picture (ISO/IEC 14496-12, chapter 8). */
import { type Box, boxes, content, inside } from "./boxes";
import { type Coded, sequence } from "./sequence";
import { code, type Slices, TooMuch } from "./slices";

/** A length of samples, each so many ticks (or so much later shown than decoded). */
export interface Run {
  count: number;
  ticks: number;
}

export interface Edit {
  ticks: number;
  from: number;
  plain: boolean;
}

export interface Track {
  handler: string;
  ticksASecond: number;
  /** a, b, c, d of the matrix that turns the picture. */
  matrix: [number, number, number, number];
  shown: { width: number; height: number };
  /** How many descriptions of samples there are, and the first one's code. */
  descriptions: number;
  codec: string;
  /** The object type of an MPEG-4 description, which says what is really inside. */
  objectType: number | undefined;
  stored: { width: number; height: number } | undefined;
  pixel: { wide: number; high: number } | undefined;
  clipped: boolean;
  coded: Coded | undefined;
  edits: Edit[];
  durations: Run[] | undefined;
  delays: Run[] | undefined;
  samples: number | undefined;
}

const MOST_TABLE = 3_300_000;
const MOST_SMALL = 64 * 1024;

/** Read a `trak` box. Raises `TooMuch` or `RangeError` where its boxes make no sense. */
export async function track(slices: Slices, trak: Box): Promise<Track> {
  const parts = await boxes(slices, trak.body, trak.end);
  const media = need(parts, "mdia");
  const [head, handler] = [
    await inside(slices, media, "mdhd"),
    await inside(slices, media, "hdlr"),
  ];
  if (!head || !handler) throw new RangeError("a track without a head");
  const time = await content(slices, head, MOST_SMALL);
  const information = await inside(slices, media, "minf");
  const table = information && (await inside(slices, information, "stbl"));
  const edits = parts.find((box) => box.kind === "edts");
  const list = edits && (await inside(slices, edits, "elst"));
  const found: Track = {
    handler: code(await slices.at(handler.body, 12), 8),
    ticksASecond: time.getUint32(time.getUint8(0) === 1 ? 20 : 12),
    ...upright(await content(slices, need(parts, "tkhd"), MOST_SMALL)),
    descriptions: 0,
    codec: "",
    objectType: undefined,
    stored: undefined,
    pixel: undefined,
    clipped: false,
    coded: undefined,
    edits: list ? editsIn(await content(slices, list, MOST_SMALL)) : [],
    durations: undefined,
    delays: undefined,
    samples: undefined,
  };
  if (!table) return found;
  const tables = await boxes(slices, table.body, table.end);
  const described = tables.find((box) => box.kind === "stsd");
  if (described) await describe(slices, described, found);
  if (found.handler === "vide") {
    found.durations = await runs(slices, tables, "stts");
    found.delays = await runs(slices, tables, "ctts");
    const sizes = tables.find((box) => box.kind === "stsz" || box.kind === "stz2");
    if (sizes) found.samples = (await slices.at(sizes.body, 12)).getUint32(8);
  }
  return found;
}

function need(parts: Box[], kind: string): Box {
  const box = parts.find((each) => each.kind === kind);
  if (!box) throw new RangeError(`a track without ${kind}`);
  return box;
}

function upright(head: DataView): Pick<Track, "matrix" | "shown"> {
  const at = head.getUint8(0) === 1 ? 52 : 40;
  const number = (place: number): number => head.getInt32(at + 4 * place);
  return {
    matrix: [number(0), number(1), number(3), number(4)],
    shown: { width: head.getUint32(at + 36) / 65536, height: head.getUint32(at + 40) / 65536 },
  };
}

function editsIn(list: DataView): Edit[] {
  const wide = list.getUint8(0) === 1;
  const count = list.getUint32(4);
  if (count > 64) throw new TooMuch();
  return Array.from({ length: count }, (_, number) => {
    const at = 8 + number * (wide ? 20 : 12);
    return {
      ticks: wide ? Number(list.getBigUint64(at)) : list.getUint32(at),
      from: wide ? Number(list.getBigInt64(at + 8)) : list.getInt32(at + 4),
      plain: list.getInt32(at + (wide ? 16 : 8)) === 65536,
    };
  });
}

/** The first description of samples: what codec, what size, what shape a pixel has. */
async function describe(slices: Slices, stsd: Box, found: Track): Promise<void> {
  found.descriptions = (await slices.at(stsd.body, 8)).getUint32(4);
  const [entry] = await boxes(slices, stsd.body + 8, stsd.end, 64);
  if (!entry) return;
  found.codec = entry.kind;
  if (found.handler === "vide") {
    const picture = await slices.at(entry.body, 28);
    found.stored = { width: picture.getUint16(24), height: picture.getUint16(26) };
  }
  // A sound's description is 28 bytes long, or 44 or 64 as QuickTime writes it in newer versions.
  const version = found.handler === "soun" ? (await slices.at(entry.body + 8, 2)).getUint16(0) : 0;
  const fixed = found.handler === "vide" ? 78 : ({ 1: 44, 2: 64 }[version] ?? 28);
  if (entry.body + fixed >= entry.end) return;
  for (const box of await boxes(slices, entry.body + fixed, entry.end)) {
    if (box.kind === "esds") found.objectType = objectType(await content(slices, box, MOST_SMALL));
    if (found.handler !== "vide") continue;
    if (box.kind === "pasp") {
      const shape = await slices.at(box.body, 8);
      found.pixel = { wide: shape.getUint32(0), high: shape.getUint32(4) };
    }
    if (box.kind === "clap") found.clipped = true;
    if (box.kind === "avcC") found.coded = sequence(await content(slices, box, MOST_SMALL));
  }
}

/** ISO/IEC 14496-1, 7.2.6.5: the elementary stream's descriptor, and in it the decoder's. */
function objectType(esds: DataView): number | undefined {
  let at = 4;
  const opened = (tag: number): boolean => {
    if (esds.getUint8(at) !== tag) return false;
    at += 1;
    while (esds.getUint8(at) & 0x80) at += 1;
    at += 1;
    return true;
  };
  if (!opened(3)) return undefined;
  const flags = esds.getUint8(at + 2);
  at += 3;
  if (flags & 0x80) at += 2;
  if (flags & 0x40) at += 1 + esds.getUint8(at);
  if (flags & 0x20) at += 2;
  return opened(4) ? esds.getUint8(at) : undefined;
}

async function runs(slices: Slices, tables: Box[], kind: string): Promise<Run[] | undefined> {
  const box = tables.find((each) => each.kind === kind);
  if (!box) return undefined;
  const table = await content(slices, box, MOST_TABLE);
  const count = table.getUint32(4);
  if (count * 8 + 8 > table.byteLength) throw new RangeError("a table that is cut short");
  return Array.from({ length: count }, (_, number) => ({
    count: table.getUint32(8 + number * 8),
    ticks: table.getInt32(12 + number * 8),
  }));
}
