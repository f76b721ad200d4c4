import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "../src/elements/progress";
import { find, page } from "./stage";

/** Stands in for the browser's EventSource; the test speaks for the server. */
class Source extends EventTarget {
  static all: Source[] = [];
  closed = false;
  constructor(readonly url: string) {
    super();
    Source.all.push(this);
  }
  close(): void {
    this.closed = true;
  }
  says(event: string, body: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(body) }));
  }
  hints(channel: string, event: string, data: Record<string, unknown> = {}): void {
    this.says("message", { channel, event, data });
  }
  fails(): void {
    this.dispatchEvent(new Event("error"));
  }
  static get last(): Source {
    const last = Source.all.at(-1);
    if (!last) throw new Error("no stream was opened");
    return last;
  }
  static get open(): Source[] {
    return Source.all.filter((one) => !one.closed);
  }
}

interface Look {
  state?: string;
  percent?: number;
  text?: string;
  ticket?: string;
}

/** A part of a page in which a job runs. */
const part = (job: number, look: Look = {}): string =>
  `<section id="part-${job}"><fc-progress channel="job:${job}" ticket="${look.ticket ?? `t${job}`}"
    state="${look.state ?? "running-0"}" refresh-url="/part/${job}" refresh-target="#part-${job}">
    <p data-text>${look.text ?? "开始"}</p>
    <progress max="100" value="${look.percent ?? 10}" aria-label="检查进度"></progress></fc-progress></section>`;
const ended = (job: number): string => `<section id="part-${job}"><p class="result"></p></section>`;

let asked: string[];
let answers: Record<string, string | number>;
let hidden: boolean;
let swapped: { html: string; target: string }[];
const swap = (event: Event): void => {
  const detail = (event as CustomEvent<{ html: string; target: string }>).detail;
  swapped.push(detail);
  find(detail.target).outerHTML = detail.html;
};
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const words = (): string => find("[data-text]").textContent ?? "";
const bar = (): number => find<HTMLProgressElement>("progress").value;
const turn = (away: boolean): void => {
  hidden = away;
  document.dispatchEvent(new Event("visibilitychange"));
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() =>
    hidden ? "hidden" : "visible",
  );
  Source.all = [];
  [asked, answers, swapped, hidden] = [[], {}, [], false];
  vi.stubGlobal("EventSource", Source);
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    const answer = answers[url];
    if (answer === undefined) throw new TypeError("Failed to fetch");
    return typeof answer === "string" ? new Response(answer) : new Response("", { status: answer });
  });
  document.addEventListener("fc:swap", swap);
});

afterEach(async () => {
  document.body.innerHTML = "";
  await pass(60_000); // the line closes when nobody listens any more
  expect(Source.open).toEqual([]);
  document.removeEventListener("fc:swap", swap);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("fc-progress with a stream", () => {
  test("looks once when the line stands, then moves by hints alone", async () => {
    answers["/part/1"] = part(1, { percent: 20, text: "正在读取" });
    page(part(1));
    await pass();
    expect(Source.last.url).toBe("/live/t1/events");
    Source.last.says("hello");
    await pass();
    expect([asked, words(), bar()]).toEqual([["/part/1"], "正在读取", 20]);
    Source.last.hints("job:1", "progress", { percent: 40, text: "<b>正在解码</b>" });
    expect([words(), bar()]).toEqual(["<b>正在解码</b>", 40]);
    Source.last.hints("job:9", "progress", { percent: 90, text: "别的" });
    Source.last.dispatchEvent(new MessageEvent("message", { data: "{garbage" }));
    expect([words(), bar()]).toEqual(["<b>正在解码</b>", 40]);
    expect(asked).toHaveLength(1);
    expect(swapped).toEqual([]);
  });

  test("fetches its part when the job has changed, and says so for ears", async () => {
    answers["/part/2"] = part(2);
    page(part(2));
    await pass();
    Source.last.says("hello");
    await pass();
    answers["/part/2"] = ended(2);
    Source.last.hints("job:2", "changed");
    await pass();
    expect(swapped).toEqual([{ html: ended(2), target: "#part-2" }]);
    expect(find(".result")).toBeTruthy();
    expect(find("[data-spoken]").textContent).toBe("检查进度：已结束，结果已显示在页面上。");
  });

  test("a hint that comes while it looks makes it look again", async () => {
    let answer: (html: string) => void = () => undefined;
    page(part(3));
    await pass();
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return new Promise<Response>((resolve) => {
        answer = (html) => resolve(new Response(html));
      });
    });
    Source.last.says("hello");
    await pass();
    Source.last.hints("job:3", "changed");
    await pass();
    expect(asked).toHaveLength(1);
    answer(part(3)); // from before the change
    await pass();
    expect(asked).toHaveLength(2);
    answer(ended(3));
    await pass();
    expect(find(".result")).toBeTruthy();
  });

  test("an ending whose hint was lost is found within twenty seconds", async () => {
    answers["/part/4"] = part(4);
    page(part(4));
    await pass();
    Source.last.says("hello");
    await pass();
    answers["/part/4"] = ended(4);
    await pass(19_900);
    Source.last.says("beat");
    expect(swapped).toEqual([]);
    await pass(200);
    expect(swapped).toHaveLength(1);
  });

  test("does not take away what somebody types or plays", async () => {
    answers["/part/5"] = part(5);
    page(part(5).replace("</section>", '<input id="reason"><div id="film"></div></section>'));
    await pass();
    Source.last.says("hello");
    await pass();
    answers["/part/5"] = ended(5);
    find("#reason").focus();
    Source.last.hints("job:5", "changed");
    await pass(5_000);
    expect(swapped).toEqual([]);
    find("#reason").blur();
    find("#film").toggleAttribute("data-busy", true);
    await pass(5_000);
    expect(swapped).toEqual([]);
    find("#film").toggleAttribute("data-busy", false);
    await pass(2_100);
    expect(swapped).toHaveLength(1);
  });

  test("all jobs of a page share one stream", async () => {
    page(part(6) + part(7));
    await pass();
    expect(Source.open.map((one) => one.url)).toEqual(["/live/t6/events?with=t7"]);
    const first = Source.last;
    // A part that comes later and is heard already, by its job, keeps the stream.
    find("#part-7").outerHTML = part(7, { ticket: "newer" });
    await pass(2_000);
    expect(Source.open).toEqual([first]);
    document.body.insertAdjacentHTML("beforeend", part(8));
    await pass();
    expect(Source.open.map((one) => one.url)).toEqual(["/live/t6/events?with=newer&with=t8"]);
  });

  test("a hidden page holds no stream and asks nothing; seen again it looks", async () => {
    answers["/part/9"] = part(9);
    page(part(9));
    await pass();
    Source.last.says("hello");
    await pass();
    turn(true);
    await pass(120_000);
    expect([Source.open.length, asked.length]).toEqual([0, 1]);
    turn(false);
    await pass(1_100);
    expect([Source.open.length, asked.length]).toEqual([1, 2]);
  });
});

describe("fc-progress without a stream", () => {
  test("looks more and more rarely, and comes back to the stream by itself", async () => {
    page(part(11));
    await pass();
    Source.last.fails();
    for (let second = 0; second < 60; second += 1) {
      await pass(1_000);
      if (Source.open.length) Source.last.fails();
    }
    // Offline all the while: 3, 2, 3, 4, 6, 8, 10, 15 seconds apart.
    expect(asked).toHaveLength(8);
    expect(Source.all.length).toBeLessThan(9);
    await pass(30_000);
    answers["/part/11"] = part(11, { percent: 77 });
    Source.last.says("hello");
    await pass();
    expect(bar()).toBe(77);
  });

  test("a line that opens and then says nothing is not relied on", async () => {
    answers["/part/12"] = part(12, { percent: 30 });
    page(part(12));
    await pass(3_100);
    expect([asked.length, bar()]).toEqual([1, 30]);
    await pass(44_000);
    expect(Source.all.length).toBeGreaterThan(1);
    expect(Source.open.length).toBeLessThan(2);
  });

  test("takes the newer ticket of a part that it looked at", async () => {
    answers["/part/13"] = part(13, { ticket: "fresh" });
    page(part(13, { ticket: "stale" }));
    await pass();
    Source.last.fails(); // 410: a browser does not say so
    await pass(4_000); // again with the old one at first, while the page looks
    Source.last.fails();
    await pass(31_000);
    expect(Source.last.url).toBe("/live/fresh/events");
  });

  test("a browser that knows no streams looks", async () => {
    vi.stubGlobal("EventSource", undefined);
    answers["/part/14"] = ended(14);
    page(part(14));
    await pass(3_100);
    expect(swapped).toHaveLength(1);
  });

  test("another state brings the whole part", async () => {
    answers["/part/15"] = part(15, { state: "queued-1", text: "稍后再试" });
    page(part(15));
    await pass(3_100);
    expect(swapped).toHaveLength(1);
    expect(words()).toBe("稍后再试");
  });

  test("signed out: says so, asks no more, and leaves the page as it is", async () => {
    answers["/part/16"] = 403;
    page(part(16));
    await pass(60_000);
    expect(asked).toHaveLength(1);
    expect(words()).toBe("没有权限，或登录已失效。请在新标签页重新登录后再试，这里的内容都还在。");
    expect(Source.open).toEqual([]);
  });
});
