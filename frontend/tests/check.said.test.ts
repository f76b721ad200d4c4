import { describe, expect, test } from "vitest";
import { look } from "../src/check/facts";
import type { Tree } from "../src/check/predicate";
import { type Demand, type Demands, judged } from "../src/check/uploadcheck";
import { data, file, film, QUARTER, text, type } from "./mp4";

const demand = (id: string, tree: Tree, more: Partial<Demand> = {}): Demand => ({
  id,
  text: id,
  must: true,
  required: "要求",
  hint: "",
  section: "四",
  words: "横版",
  answer: "",
  way: false,
  tree,
  ...more,
});
const PLACE: Demands = {
  video: true,
  others: { image: "这是一张图片，不是视频。请上传视频文件。", audio: "只有声音。" },
  names: { width: ["画面宽度", "px"], height: ["画面高度", "px"], fps: ["帧率", "fps"] },
  demands: [
    demand("画面为横版", [">", { f: "width" }, { f: "height" }]),
    demand("不低于 1080P", [
      "and",
      [">=", { f: "width" }, { n: "1920" }],
      [">=", { f: "height" }, { n: "1080" }],
    ]),
    demand("帧率", [">=", { f: "fps" }, { n: "25" }], { way: true }),
    demand("建议 4K", [">=", { f: "width" }, { n: "3840" }], { must: false }),
  ],
};

describe("what is said of a film", () => {
  test("upright: stopped, measured, required, and what to do", async () => {
    const outcome = judged(await look(film({ turned: QUARTER })), PLACE);
    expect(outcome).toMatchObject({ stopped: true, way: false });
    expect(outcome.words).toBe(
      "这是竖屏视频（1080×1920），有 2 项不符合通知要求。没有上传，文件还在您的设备上。",
    );
    expect(outcome.broken.map((each) => each.demand.text)).toEqual([
      "画面为横版",
      "不低于 1080P",
      "建议 4K",
    ]);
    expect(outcome.broken[0]?.measured).toBe("画面宽度 1080 px、画面高度 1920 px");
    expect(outcome.broken[0]?.mend).toContain("横过来");
  });

  test("720p: stopped for its size alone", async () => {
    const outcome = judged(await look(film({ width: 1280, height: 720 })), PLACE);
    expect(outcome.words).toBe(
      "这是横屏视频（1280×720），有 1 项不符合通知要求。没有上传，文件还在您的设备上。",
    );
    expect(outcome.broken[0]?.mend).toContain("放大不算");
  });

  test("a rate that times alone tell may be sent all the same", async () => {
    const outcome = judged(await look(film({ durations: [[100, 640]] })), PLACE);
    expect(outcome).toMatchObject({ stopped: true, way: true });
    expect(outcome.words).toBe("这个文件有 1 项不符合通知要求。没有上传，文件还在您的设备上。");
  });

  test("what is only advised is told and sent; what is unknown is sent silently", async () => {
    const fine = judged(await look(film({ codec: "avc1" })), PLACE);
    expect(fine).toMatchObject({ stopped: false });
    expect(fine.words).toBe("可以上传，有 1 项与通知的建议不一致，改好后可以再换。");
    const unknown = judged(await look(film({ turned: [0.5, 0, 0, 0.5], codec: "avc1" })), PLACE);
    expect(unknown).toEqual({ words: "", stopped: false, way: false, broken: [] });
  });

  test("a film that many browsers cannot show is told and sent", async () => {
    const told = judged(await look(film({ codec: "hvc1" })), PLACE);
    expect(told.stopped).toBe(false);
    expect(told.words).toContain("HEVC（H.265）编码，不少电脑的浏览器放不出画面");
    expect(told.broken.map((each) => each.demand.text)).toEqual(["建议 4K"]);
  });

  test("a picture with another ending, and a film without an index", async () => {
    const gif = judged(await look(file("a.mp4", text("GIF89a"), [1, 0, 1, 0])), PLACE);
    expect(gif).toMatchObject({ stopped: true, way: false });
    expect(gif.words).toBe("这是一张图片，不是视频。请上传视频文件。没有上传。");
    const cut = judged(await look(file("a.mp4", type(), data())), PLACE);
    expect(cut.stopped).toBe(false);
    expect(cut.words).toContain("缺少索引");
  });
});
