import { describe, expect, test } from "vitest";
import { look } from "../src/check/facts";
import { compare, fraction, rounded, shortened } from "../src/check/fraction";
import { type Fact, type Facts, holds, namesIn, type Tree } from "../src/check/predicate";
import { sequence } from "../src/check/sequence";
import { MOST_BYTES } from "../src/check/slices";
import { measured, type Names } from "../src/check/wording";
import table from "./demands.json";
import {
  type Bytes,
  box,
  data,
  file,
  film,
  full,
  index,
  type Making,
  QUARTER,
  text,
  type,
  u16,
  u32,
  wideBox,
} from "./mp4";
import { plain, seen } from "./seen";

type Told = Record<string, string | boolean | { n: string }>;

const facts = (told: Told): Facts =>
  new Map<string, Fact>(
    Object.entries(told).map(([name, value]) => [
      name,
      typeof value === "object" ? fraction(value.n) : value,
    ]),
  );

describe("the table of cases that the server judged", () => {
  test.each(table.cases.map((each) => [each.predicate, each] as const))("%s", (_, each) => {
    const tree = each.tree as unknown as Tree;
    expect(namesIn(tree)).toEqual(each.names);
    const files = table.files.map((told) => facts(told as Told));
    expect(files.map((found) => holds(tree, found))).toEqual(each.holds);
    const names = table.names as unknown as Names;
    expect(files.map((found) => measured(each.names, found, names))).toEqual(each.measured);
  });
});

describe("exact numbers", () => {
  test("round halves to even and shorten as Python does", () => {
    expect([1, 3, 5, -1].map((half) => rounded(fraction(half, 2)))).toEqual([0, 2, 2, 0]);
    expect(shortened(fraction(3141592653, 1_000_000_000), 1000n)).toEqual(fraction(355, 113));
    expect(shortened(fraction(50, 100), 10n)).toEqual(fraction(1, 2));
    expect(compare(fraction(24000, 1001), fraction(24))).toBe(-1);
    expect(() => fraction(1, 0)).toThrow(RangeError);
  });
});

describe("the head of a film", () => {
  test("states container, size, codec, rate, length and that there is no sound", async () => {
    expect(await seen(film())).toEqual({
      filename: "片.mp4",
      size: String(film().size),
      container: "mp4",
      faststart: true,
      has_audio: false,
      has_subtitle_track: false,
      video_codec: "hevc",
      rotation: "0",
      width: "1920",
      height: "1080",
      fps: "25",
      constant_frame_rate: true,
      duration: "4",
      bitrate: String(film().size * 2),
    });
    expect((await seen(film({ sound: true }))).has_audio).toBeUndefined();
  });

  test.each<[string, Making, string, string]>([
    ["a phone held upright", { turned: QUARTER }, "1080", "1920"],
    ["turned over", { turned: [-1, 0, 0, -1] }, "1920", "1080"],
    ["wide pixels", { width: 1440, pixel: [4, 3] }, "1920", "1080"],
    ["wide pixels on their side", { width: 1440, pixel: [4, 3], turned: QUARTER }, "1080", "1920"],
  ])("size as it is shown: %s", async (_, making, width, height) => {
    expect(await seen(film(making))).toMatchObject({ width, height });
  });

  test.each<[string, Making]>([
    ["a matrix that does more than turn", { turned: [0.5, 0, 0, 0.5] }],
    ["a picture that is cut", { extra: box("clap", new Array(32).fill(0)) }],
  ])("says nothing of the size for %s", async (_, making) => {
    const found = await seen(film(making));
    expect(found.width).toBeUndefined();
    expect(found.height).toBeUndefined();
  });

  test("the index may stand at the end, behind lengths in 64 bits", async () => {
    const made = file("后.mov", type("qt  "), wideBox("mdat", [1, 2, 3]), index());
    expect(await seen(made)).toMatchObject({ container: "mov", faststart: false, width: "1920" });
  });

  test("a film of gigabytes costs a few reads", async () => {
    const head = new Uint8Array([...type(), ...wideBox("mdat", [], 3 * 2 ** 30)]);
    const tail = new Uint8Array(index({ turned: QUARTER }));
    let read = 0;
    const long = {
      name: "长.mp4",
      size: head.length - 16 + 3 * 2 ** 30 + tail.length,
      slice(this: File, from: number, to: number) {
        read += to - from;
        const bytes = new Uint8Array(to - from);
        for (const [piece, at] of [
          [head, 0],
          [tail, this.size - tail.length],
        ] as const) {
          for (let place = 0; place < piece.length; place += 1) {
            const put = at + place - from;
            if (put >= 0 && put < bytes.length) bytes[put] = piece[place] ?? 0;
          }
        }
        return new Blob([bytes]);
      },
    } as unknown as File;
    expect(await seen(long)).toMatchObject({ faststart: false, width: "1080", height: "1920" });
    expect(read).toBeLessThan(300_000);
  });

  test.each<[string, [number, number][], Record<string, string | boolean>]>([
    ["a rate that no broadcaster has", [[300, 500]], { fps: "25.6", constant_frame_rate: true }],
    [
      "changing",
      [
        [50, 512],
        [10, 2048],
        [50, 1024],
      ],
      { constant_frame_rate: false, duration: "7.6" },
    ],
    ["one picture", [[1, 512]], { duration: "0.04" }],
  ])("times: %s", async (_, durations, wanted) => {
    expect(await seen(film({ durations }))).toMatchObject(wanted);
  });

  test("an edit list that plays all changes nothing; one that cuts leaves the times unknown", async () => {
    expect((await seen(film({ edits: [[4000, 0]] }))).duration).toBe("4");
    expect((await seen(film({ edits: [[2000, 0]] }))).duration).toBeUndefined();
    expect((await seen(film({ edits: [[4000, 12800]] }))).fps).toBeUndefined();
    const twice: Making["edits"] = [
      [4000, 0],
      [4000, 0],
    ];
    expect((await seen(film({ edits: twice }))).duration).toBeUndefined();
  });

  test("a film in fragments says its size and no length", async () => {
    const made = file("段.mp4", type(), index(), box("moof", []), data());
    const found = await seen(made);
    expect(found.width).toBe("1920");
    expect(found.duration).toBeUndefined();
  });
});

/** A sequence of 1440 × 1080 (1088 cropped) with pixels of 4 over 3, as an encoder writes it. */
function sequenceOf(shape: number): Bytes {
  let bits = "";
  const number = (value: number): void => {
    const binary = (value + 1).toString(2);
    bits += "0".repeat(binary.length - 1) + binary;
  };
  for (const value of [0, 0, 0, 0, 1]) number(value);
  bits += "0";
  number(1440 / 16 - 1);
  number(1088 / 16 - 1);
  bits += "111";
  for (const value of [0, 0, 0, 4]) number(value);
  bits += `11${shape.toString(2).padStart(8, "0")}1`;
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0").match(/.{8}/g) ?? [];
  return [0x67, 66, 0, 40, ...bytes.map((byte) => Number.parseInt(byte, 2))];
}

const avcC = (unit: Bytes): Bytes => [1, 66, 0, 40, 255, 0xe1, ...u16(unit.length), ...unit, 0];

describe("what an H.264 stream says of itself", () => {
  test("is believed, and not the description", async () => {
    const view = new DataView(new Uint8Array(avcC(sequenceOf(14))).buffer);
    expect(sequence(view)).toEqual({ width: 1440, height: 1080, wide: 4, high: 3 });
    const made = film({
      codec: "avc1",
      width: 640,
      height: 360,
      extra: box("avcC", avcC(sequenceOf(14))),
    });
    expect(await seen(made)).toMatchObject({ width: "1920", height: "1080", video_codec: "h264" });
  });

  test("cut short it says nothing", () => {
    const whole = avcC(sequenceOf(14));
    for (let length = 0; length < whole.length - 2; length += 1) {
      expect(sequence(new DataView(new Uint8Array(whole.slice(0, length)).buffer))).toBeUndefined();
    }
  });
});

describe("broken and hostile files are read in a moment, or left to the server", () => {
  const BOMB = 0xffffffff;
  test.each<[string, File, string]>([
    ["empty", file("a.mp4"), ""],
    ["cut inside the index", file("a.mp4", type(), index().slice(0, 300)), "no_index"],
    ["cut inside the data", file("a.mp4", type(), index(), data(5000).slice(0, 900)), "truncated"],
    ["no index", file("a.mp4", type(), data(200)), "no_index"],
    ["a length of zero within", file("a.mp4", type(), [0, 0, 0, 3, ...text("moov")]), "no_index"],
    ["a length beyond all", file("a.mp4", type(), wideBox("moov", [], 2 ** 60)), "no_index"],
    ["four thousand million samples", film({ durations: [[BOMB, 512]], samples: BOMB }), ""],
    ["an endless table", film({ extra: full("stts", u32(BOMB)) }), ""],
    ["boxes in boxes", film({ inMovie: nested(300) }), ""],
    [
      "a thousand boxes",
      film({ inMovie: Array.from({ length: 1000 }, () => box("trak")).flat() }),
      "",
    ],
    [
      "ten thousand outermost",
      file("a.mp4", type(), ...Array.from({ length: 5000 }, () => box("free"))),
      "",
    ],
    ["text", file("a.mp4", text("not a film at all, only words".repeat(20))), ""],
  ])("%s", async (_, made, trouble) => {
    const began = performance.now();
    expect((await look(made)).trouble).toBe(trouble);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  function nested(depth: number): Bytes {
    return depth ? box("moov", nested(depth - 1)) : [];
  }

  test("cut or spoilt anywhere, nothing is thrown and no more is read than may be", async () => {
    const whole = [
      ...type(),
      ...index({ turned: QUARTER, pixel: [4, 3], edits: [[1, 1]] }),
      ...data(),
    ];
    let random = 7;
    const next = (below: number): number => {
      random = (random * 48271) % 0x7fffffff;
      return random % below;
    };
    for (let round = 0; round < 600; round += 1) {
      const spoilt = whole.slice(0, round % 3 ? whole.length : next(whole.length));
      for (let hit = 0; hit < 4; hit += 1) spoilt[next(spoilt.length || 1)] = next(256);
      const found = await look(file("a.mp4", spoilt));
      expect(found.facts.get("filename")).toBe("a.mp4");
    }
  });

  test("a file that is not handed out is not waited for", async () => {
    const stuck = {
      name: "云盘.mp4",
      size: 2 ** 31,
      slice: () => ({ arrayBuffer: () => new Promise(() => {}) }),
    } as unknown as File;
    const found = await look(stuck, 30);
    expect(plain(found.facts)).toEqual({ filename: "云盘.mp4", size: String(2 ** 31) });
  });

  test("no more than some megabytes are read", async () => {
    let read = 0;
    const huge = new Uint8Array([...type(), ...wideBox("moov", [], 2 ** 31)]);
    const greedy = {
      name: "a.mp4",
      size: 2 ** 31 + huge.length,
      slice(from: number, to: number) {
        read += to - from;
        const bytes = new Uint8Array(to - from);
        // Everything inside says that it is a small box, so that the walk goes on.
        for (let at = 0; at < bytes.length; at += 8)
          bytes.set([0, 0, 64, 0, 102, 114, 101, 101], at);
        if (from === 0) bytes.set(huge);
        return new Blob([bytes]);
      },
    } as unknown as File;
    await look(greedy);
    expect(read).toBeLessThanOrEqual(MOST_BYTES + 65_536);
  });
});
