import { describe, expect, test } from "vitest";
import { type Bytes, file, text, u16, u32 } from "./mp4";
import { seen } from "./seen";

describe("stills", () => {
  const exif = (orientation: number): Bytes =>
    [
      text("Exif"),
      0,
      0,
      text("MM"),
      0,
      42,
      u32(8),
      u16(1),
      u16(0x112),
      u16(3),
      u32(1),
      u16(orientation),
      0,
      0,
    ].flat();
  const jpeg = (orientation: number): Bytes => {
    const tags = exif(orientation);
    return [
      0xff,
      0xd8,
      0xff,
      0xe1,
      ...u16(tags.length + 2),
      ...tags,
      0xff,
      0xc2,
      ...u16(11),
      8,
      ...u16(3000),
      ...u16(4000),
      1,
    ];
  };
  const png = [
    0x89,
    ...text("PNG\r\n\x1a\n"),
    ...u32(13),
    ...text("IHDR"),
    ...u32(4000),
    ...u32(3000),
    8,
    2,
    0,
    0,
    0,
    ...u32(0),
  ];

  test.each<[string, Bytes, Record<string, string>]>([
    ["a photo", jpeg(1), { width: "4000", height: "3000" }],
    ["a photo on its side", jpeg(6), { width: "3000", height: "4000" }],
    ["a PNG", [...png, ...u32(0), ...text("IDAT")], { width: "4000", height: "3000" }],
    ["a GIF", [...text("GIF89a"), 0xa0, 0x0f, 0xb8, 0x0b], { width: "4000", height: "3000" }],
  ])("%s has the size that is seen", async (_, bytes, wanted) => {
    const { filename, size, ...rest } = await seen(file("图", bytes));
    expect(rest).toEqual(wanted);
  });

  test("a PNG with EXIF has edges and no way up", async () => {
    const turned = [...png, ...u32(0), ...text("eXIf"), ...u32(0), ...u32(0), ...text("IDAT")];
    expect(await seen(file("图", turned))).toMatchObject({ long_edge: "4000", short_edge: "3000" });
  });
});
