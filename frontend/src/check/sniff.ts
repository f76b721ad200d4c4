/** What a file is by its first bytes, where they leave no doubt (fengcai.media.sniff knows more). */
import { code } from "./slices";

export interface Sniffed {
  kind: "video" | "audio" | "image" | "document" | "zeros" | "unknown";
  format: string;
}

const ISO = /^(ftyp|moov|mdat|free|skip|wide|styp|pnot|moof)$/;
const STILLS = /^(heic|heix|heim|hevc|mif1|msf1|avif|avis|crx )$/;
const BEGINNINGS: [string, Sniffed["kind"], string][] = [
  ["\x1aE\xdf\xa3", "video", "matroska"],
  ["FLV\x01", "video", "flv"],
  ["0&\xb2u\x8ef\xcf\x11", "video", "asf"],
  ["\x00\x00\x01\xba", "video", "mpegps"],
  ["\x89PNG\r\n\x1a\n", "image", "png"],
  ["\xff\xd8\xff", "image", "jpeg"],
  ["GIF87a", "image", "gif"],
  ["GIF89a", "image", "gif"],
  ["8BPS", "image", "psd"],
  ["%PDF", "document", "pdf"],
  ["PK\x03\x04", "document", "zip"],
  ["\xd0\xcf\x11\xe0", "document", "ole"],
  ["Rar!", "document", "rar"],
  ["7z\xbc\xaf\x27\x1c", "document", "7z"],
];
const RIFF: Record<string, Sniffed> = {
  "AVI ": { kind: "video", format: "avi" },
  WAVE: { kind: "audio", format: "wav" },
  WEBP: { kind: "image", format: "webp" },
};
/** As many zeros at the beginning as no format has, and as the server looks at. */
export const HEAD = 64 * 1024;

/** Classify by the first `HEAD` bytes. */
export function sniff(head: DataView): Sniffed {
  const start = code(head, 0, 16);
  if (ISO.test(start.slice(4, 8))) {
    const brand = start.slice(4, 8) === "ftyp" ? start.slice(8, 12) : "qt  ";
    return STILLS.test(brand)
      ? { kind: "image", format: "heic" }
      : { kind: "video", format: "iso" };
  }
  const riff = start.startsWith("RIFF") ? RIFF[start.slice(8, 12)] : undefined;
  if (riff) return riff;
  // A transport stream has its mark every 188 bytes, and may look like anything else besides.
  if (start[0] === "G" && head.byteLength > 188 && head.getUint8(188) === 0x47) {
    return { kind: "unknown", format: "mpegts" };
  }
  for (const [beginning, kind, format] of BEGINNINGS) {
    if (start.startsWith(beginning)) return { kind, format };
  }
  for (let at = 0; at < head.byteLength; at += 1) {
    if (head.getUint8(at)) return { kind: "unknown", format: "unknown" };
  }
  return { kind: "zeros", format: "zeros" };
}
