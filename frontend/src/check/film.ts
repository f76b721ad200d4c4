/** The facts of an MP4 or QuickTime film that its boxes state, under the names that rulebooks use. */
import { boxes, content, type Layout, layout } from "./boxes";
import { fraction, rounded } from "./fraction";
import type { Fact } from "./predicate";
import { type Slices, TooMuch } from "./slices";
import { timing } from "./timing";
import { type Track, track } from "./tracks";

export interface Film {
  facts: Map<string, Fact>;
  layout: Layout;
  /** Whether there is sound and no picture: no film then. */
  soundOnly: boolean;
}

/** Handlers that are neither picture, sound nor subtitles for sure. */
const ASIDE = new Set(["tmcd", "hint", "meta", "mdta", "mdir"]);
const WORDS = new Set(["sbtl", "subt", "subp", "clcp", "text"]);
const PICTURES: Record<string, string> = {
  avc1: "h264",
  avc3: "h264",
  hvc1: "hevc",
  hev1: "hevc",
  av01: "av1",
  vp09: "vp9",
  jpeg: "mjpeg",
  apch: "prores",
  apcn: "prores",
  apcs: "prores",
  apco: "prores",
  ap4h: "prores",
};

/** What the boxes say. Raises `TooMuch` or `RangeError` where they cannot be read. */
export async function film(slices: Slices): Promise<Film> {
  const outer = await layout(slices);
  const facts = new Map<string, Fact>([
    ["container", outer.container],
    ["faststart", outer.faststart],
  ]);
  const none: Film = { facts, layout: outer, soundOnly: outer.sound };
  if (!outer.index) {
    facts.delete("faststart");
    return none;
  }
  const parts = await boxes(slices, outer.index.body, outer.index.end);
  const head = parts.find((box) => box.kind === "mvhd");
  const tracks: Track[] = [];
  for (const box of parts.filter((each) => each.kind === "trak")) {
    if (tracks.length >= 32) throw new TooMuch();
    tracks.push(await track(slices, box));
  }
  const of = (kind: string): Track[] => tracks.filter((each) => each.handler === kind);
  const [pictures, sounds] = [of("vide"), of("soun")];
  const others = tracks.filter((each) => each.handler !== "vide" && each.handler !== "soun");
  if (others.every((each) => ASIDE.has(each.handler) || WORDS.has(each.handler))) {
    if (sounds.length === 0) facts.set("has_audio", false);
    if (!others.some((each) => WORDS.has(each.handler))) facts.set("has_subtitle_track", false);
  }
  if (others.some((each) => WORDS.has(each.handler) && each.codec === "tx3g")) {
    facts.set("has_subtitle_track", true);
  }
  const [sound] = sounds;
  if (sounds.length === 1 && sound?.codec === "mp4a" && AAC.has(sound.objectType ?? 0)) {
    facts.set("audio_codec", "aac");
  }
  const [picture] = pictures;
  if (pictures.length === 1 && picture && head) {
    const whole = await content(slices, head, 4096);
    looks(picture, level(whole), facts);
    const scale = whole.getUint32(whole.getUint8(0) === 1 ? 20 : 12);
    const alone = { ...picture, edits: picture.edits.map((edit) => inTicks(edit, picture, scale)) };
    if (!outer.fragmented && !parts.some((box) => box.kind === "mvex") && outer.missing === 0) {
      for (const [name, fact] of timing(alone)) facts.set(name, fact);
    }
    const length = facts.get("duration");
    if (typeof length === "object") {
      const bits = BigInt(slices.size) * 8n * length.below;
      facts.set("bitrate", fraction(bits, length.above));
    }
  }
  return { facts, layout: outer, soundOnly: sounds.length > 0 && pictures.length === 0 };
}

const AAC = new Set([0x40, 0x66, 0x67, 0x68]);

function inTicks(edit: Track["edits"][number], of: Track, scale: number): Track["edits"][number] {
  return { ...edit, ticks: scale ? (edit.ticks * of.ticksASecond) / scale : 0 };
}

/** Whether the film as a whole is not turned. */
function level(head: DataView): boolean {
  const at = head.getUint8(0) === 1 ? 48 : 36;
  return [65536, 0, 0, 0, 65536].every((one, place) => head.getInt32(at + 4 * place) === one);
}

/** Codec, rotation, and width and height as shown: after the shape of pixels and the rotation. */
function looks(picture: Track, upright: boolean, facts: Map<string, Fact>): void {
  const codec =
    picture.codec === "mp4v" && picture.objectType === 0x20 ? "mpeg4" : PICTURES[picture.codec];
  if (picture.descriptions !== 1) return;
  if (codec) facts.set("video_codec", codec);
  const turned = turn(picture.matrix);
  const size = stored(picture);
  if (turned === undefined || !upright || !size || picture.clipped) return;
  facts.set("rotation", fraction(turned));
  const width = Math.max(1, rounded(fraction(BigInt(size.width) * BigInt(size.wide), size.high)));
  const sides = [fraction(width), fraction(size.height)] as const;
  facts.set("width", sides[turned % 180 ? 1 : 0]);
  facts.set("height", sides[turned % 180 ? 0 : 1]);
}

/** Clockwise, 0, 90, 180 or 270; nothing for a matrix that does anything else. */
function turn([a, b, c, d]: Track["matrix"]): number | undefined {
  const one = 65536;
  if (b === 0 && c === 0 && Math.abs(a) === one && Math.abs(d) === one) return a > 0 ? 0 : 180;
  if (a === 0 && d === 0 && Math.abs(b) === one && Math.abs(c) === one) return b > 0 ? 90 : 270;
  return undefined;
}

/**
 * Size and shape of pixels. The stream's own word comes first; without it the description must agree
 * with the size that the track says it is shown at, since a decoder may know better than both.
 */
function stored(
  picture: Track,
): { width: number; height: number; wide: number; high: number } | undefined {
  const { pixel, coded, stored: said, shown } = picture;
  const shape = pixel?.wide && pixel.high ? pixel : undefined;
  if (coded) return shape ? { ...coded, ...shape } : coded;
  if (!said?.width || !said.height) return undefined;
  const { wide, high } = shape ?? { wide: 1, high: 1 };
  const near = (one: number, other: number): boolean => Math.abs(one - other) <= 1;
  const agrees =
    near(shown.height, said.height) &&
    (near(shown.width, (said.width * wide) / high) || (shape && near(shown.width, said.width)));
  return agrees ? { ...said, wide, high } : undefined;
}
