/** MP4 files made of boxes alone, for tests: what a header may say, and what a hostile one does. */
export type Bytes = number[];

export const u16 = (value: number): Bytes => [(value >> 8) & 255, value & 255];
export const u32 = (value: number): Bytes => [...u16(Math.floor(value / 65536)), ...u16(value)];
export const text = (value: string): Bytes => [...value].map((letter) => letter.charCodeAt(0));
const zeros = (count: number): Bytes => new Array<number>(count).fill(0);

export function box(kind: string, ...parts: Bytes[]): Bytes {
  const body = parts.flat();
  return [...u32(8 + body.length), ...text(kind), ...body];
}

/** The same with its length in 64 bits; `length` says another than it has. */
export function wideBox(kind: string, body: Bytes, length = 16 + body.length): Bytes {
  return [...u32(1), ...text(kind), ...u32(Math.floor(length / 2 ** 32)), ...u32(length), ...body];
}

export const full = (kind: string, ...parts: Bytes[]): Bytes => box(kind, zeros(4), ...parts);

/** a, b, c, d of the matrix. */
export const UPRIGHT = [1, 0, 0, 1];
export const QUARTER = [0, 1, -1, 0];

function matrix([a = 1, b = 0, c = 0, d = 1]: number[]): Bytes {
  return [a, b, 0, c, d, 0, 0, 0, 16384].flatMap((one) => u32((one * 65536) >>> 0));
}

export interface Making {
  width?: number;
  height?: number;
  turned?: number[];
  pixel?: [number, number];
  /** Runs of samples: how many, each so many ticks of 1/12 800 s. */
  durations?: [number, number][];
  samples?: number;
  edits?: [ticks: number, from: number][];
  sound?: boolean;
  codec?: string;
  extra?: Bytes;
  inMovie?: Bytes;
}

export const type = (brand = "isom"): Bytes => box("ftyp", text(brand), zeros(4), text(brand));
export const data = (length = 16): Bytes => box("mdat", zeros(length));

export function index(making: Making = {}): Bytes {
  const { width = 1920, height = 1080, turned = UPRIGHT } = making;
  const head = full("mvhd", zeros(8), u32(1000), zeros(4 + 16), matrix(UPRIGHT), zeros(24), u32(3));
  const tracks = [pictures({ ...making, width, height, turned })];
  if (making.sound) tracks.push(sound());
  return box("moov", head, ...tracks, making.inMovie ?? []);
}

function pictures(making: Making & { width: number; height: number; turned: number[] }): Bytes {
  const { width, height, pixel, durations = [[100, 512]], codec = "hvc1" } = making;
  const [across, down] = pixel ?? [1, 1];
  const shown = [u32(Math.round((width * across) / down) * 65536), u32(height * 65536)].flat();
  const entry = box(
    codec,
    zeros(24),
    u16(width),
    u16(height),
    zeros(50),
    pixel ? box("pasp", u32(across), u32(down)) : [],
    making.extra ?? [],
  );
  const samples = making.samples ?? durations.reduce((sum, [count]) => sum + count, 0);
  const edits = making.edits?.map(([ticks, from]) => [u32(ticks), u32(from >>> 0), u32(65536)]);
  return box(
    "trak",
    full("tkhd", zeros(36), matrix(making.turned), shown),
    edits ? box("edts", full("elst", u32(edits.length), edits.flat(2))) : [],
    media(
      "vide",
      12_800,
      full("stsd", u32(1), entry),
      full("stts", u32(durations.length), durations.flat().flatMap(u32)),
      full("stsz", u32(0), u32(samples)),
    ),
  );
}

function sound(): Bytes {
  const head = full("tkhd", zeros(36), matrix(UPRIGHT), zeros(8));
  return box("trak", head, media("soun", 48_000, full("stsd", u32(1), box("mp4a", zeros(28)))));
}

function media(handler: string, ticks: number, ...tables: Bytes[]): Bytes {
  return box(
    "mdia",
    full("mdhd", zeros(8), u32(ticks), zeros(8)),
    full("hdlr", zeros(4), text(handler), zeros(12)),
    box("minf", box("stbl", ...tables)),
  );
}

export function file(name: string, ...parts: Bytes[]): File {
  return new File([new Uint8Array(parts.flat())], name, { lastModified: 1_700_000_000_000 });
}

/** A film whose head says what it is made to say. */
export const film = (making: Making = {}, name = "片.mp4"): File =>
  file(name, type(), index(making), data());
