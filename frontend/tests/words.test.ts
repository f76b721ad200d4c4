import { describe, expect, test } from "vitest";
import { compare, decimal, type Exact, exact, onStep, plus, times } from "../src/kit/exact";
import { backoff, passing, wordsFor } from "../src/kit/net";
import { about, characters, clock, left, size } from "../src/kit/words";

describe("words", () => {
  test.each([
    [0, "0:00"],
    [272.9, "4:32"],
    [3725, "1:02:05"],
    [Number.NaN, "0:00"],
  ])("clock(%s) is %s", (seconds, words) => expect(clock(seconds)).toBe(words));

  test.each([
    [1023, "1023 字节"],
    [1024, "1 KB"],
    [1_610_612_736, "1.5 GB"],
    [734_003_200, "700 MB"],
  ])("size(%s) is %s", (count, words) => expect(size(count)).toBe(words));

  test.each([
    [Number.POSITIVE_INFINITY, "正在估算"],
    [4, "马上就好"],
    [31, "约 40 秒"],
    [61, "约 2 分钟"],
    [3601, "约 1 小时 1 分钟"],
  ])("about(%s) is %s", (seconds, words) => expect(about(seconds)).toBe(words));

  test.each([
    [86_400_000 * 3 + 3_600_000 * 4, "3 天 4 小时"],
    [3_600_000 * 2, "2 小时"],
    [65_000, "1 分 05 秒"],
    [900, "0 秒"],
  ])("left(%s) is %s", (span, words) => expect(left(span)).toBe(words));

  test("characters are code points", () => {
    expect(characters("手心里的温度")).toBe(6);
    expect(characters("𬭊😀")).toBe(2);
  });
});

describe("exact decimals", () => {
  const of = (text: string): Exact => exact(text) as Exact;

  test("0.1 + 0.2 is 0.3", () => expect(decimal(plus(of("0.1"), of("0.2")))).toBe("0.3"));
  test("weights multiply", () => expect(decimal(times(of("18.5"), of("0.15")))).toBe("2.775"));
  test("full-width figures are figures", () => expect(decimal(of("１８．５"))).toBe("18.5"));
  test("what is no decimal is none", () => {
    expect([exact(""), exact("1e3"), exact("十"), exact("1.")]).toEqual([null, null, null, null]);
  });
  test("steps count from the lower bound", () => {
    expect(onStep(of("1.5"), of("0.5"), of("0.5"))).toBe(true);
    expect(onStep(of("1.7"), of("0.5"), of("0.5"))).toBe(false);
    expect(compare(of("10.0"), of("10"))).toBe(0);
    expect(decimal(of("-0.50"))).toBe("-0.5");
  });
});

describe("answers of the server", () => {
  test("its own Chinese comes first, whatever the shape", () => {
    expect(wordsFor(422, '{"message":"报送已经截止。"}')).toBe("报送已经截止。");
    expect(wordsFor(413, "文件超过了上限。")).toBe("文件超过了上限。");
  });
  test("a page or a foreign sentence is never shown", () => {
    expect(wordsFor(500, "<h1>Server Error</h1>")).toBe("服务器暂时出了问题，没有保存这一步。");
    expect(wordsFor(404, "Not Found")).toBe("没有找到对应的内容，可能已被撤下。请刷新页面查看。");
  });
  test("only what passes by itself is tried again, with a growing pause", () => {
    expect([0, 408, 423, 429, 500, 502, 400, 401, 403, 404, 409, 413, 422].filter(passing)).toEqual(
      [0, 408, 423, 429, 500, 502],
    );
    expect([0, 1, 2, 3, 4, 5, 6, 99].map(backoff)).toEqual([1, 2, 4, 8, 15, 30, 30, 30]);
  });
});
