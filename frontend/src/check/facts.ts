/** What can be known of a chosen file without decoding it and without reading it whole. */
import { film } from "./film";
import { fraction } from "./fraction";
import { picture } from "./pictures";
import type { Fact, Facts } from "./predicate";
import { Slices, TooMuch } from "./slices";
import { HEAD, type Sniffed, sniff } from "./sniff";

export interface Known {
  kind: Sniffed["kind"];
  facts: Facts;
  /** What is wrong with the file itself; the server says it better, so the file is sent. */
  trouble: "" | "no_index" | "truncated";
  missing: number;
}

/** Facts of a file. Its name and size are known of any; what cannot be read is left out. */
export async function look(file: { name: string } & Blob, milliseconds?: number): Promise<Known> {
  const facts = new Map<string, Fact>([
    ["filename", file.name],
    ["size", fraction(file.size)],
  ]);
  const known: Known = { kind: "unknown", facts, trouble: "", missing: 0 };
  try {
    const slices = new Slices(file, milliseconds);
    const { kind, format } = sniff(await slices.at(0, HEAD));
    known.kind = kind;
    if (format === "iso") await lookAtFilm(slices, known, facts);
    else if (kind === "video") facts.set("container", format);
    else if (kind === "image") for (const each of await picture(slices, format)) facts.set(...each);
  } catch (error) {
    // Boxes that make no sense, and a file that was moved away or is not handed out in time.
    if (
      !(error instanceof TooMuch || error instanceof RangeError || error instanceof DOMException)
    ) {
      throw error;
    }
  }
  return known;
}

async function lookAtFilm(slices: Slices, known: Known, facts: Map<string, Fact>): Promise<void> {
  const { layout, soundOnly, facts: found } = await film(slices);
  for (const each of found) facts.set(...each);
  if (soundOnly) known.kind = "audio";
  known.missing = layout.missing;
  if (!layout.index && !layout.fragmented) known.trouble = "no_index";
  else if (layout.missing > 0) known.trouble = "truncated";
}
