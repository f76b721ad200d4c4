import { beforeEach, describe, expect, test, vi } from "vitest";
import { Meter, Transfer, type TransferState } from "../src/elements/transfer";
import "../src/elements/upload";
import type { UploadElement } from "../src/elements/upload";
import { data, file, index, QUARTER, type } from "./mp4";
import { asksBeforeLeaving, button, find, page, server } from "./stage";
import { TusServer } from "./tus";

const film = (text = "0123456789", name = "急诊科.mp4"): File =>
  new File([text], name, { type: "video/mp4", lastModified: 1_700_000_000_000 });

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await vi.advanceTimersByTimeAsync(0);
}

let tus: TusServer;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  tus = new TusServer().install();
  return () => {
    document.body.innerHTML = "";
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

describe("a transfer", () => {
  const states: [TransferState, string][] = [];

  function send(file = film(), uploadUrl?: string): Transfer {
    states.length = 0;
    const transfer = new Transfer(
      file,
      {
        endpoint: "/uploads/",
        grant: "g",
        fingerprint: `f-${file.name}-${file.size}`,
        chunk: 4,
        uploadUrl,
      },
      {
        onState: (state, words) => states.push([state, words]),
        onProgress: () => {},
        onDone: () => {},
      },
    );
    return transfer;
  }

  test("arrives whole in chunks, with the grant and the name at creation", async () => {
    send().start();
    await quiet();
    expect(tus.text()).toBe("0123456789");
    expect(tus.log).toEqual(["POST 201", "PATCH 204", "PATCH 204", "PATCH 204"]);
    const metadata = tus.files.get("/uploads/1")?.metadata ?? "";
    const words = Object.fromEntries(metadata.split(",").map((pair) => pair.split(" ")));
    expect(Object.keys(words)).toEqual(["grant", "filename", "filetype", "modified"]);
    expect(atob(words.grant)).toBe("g");
    expect(states.at(-1)).toEqual(["done", ""]);
    expect(localStorage.length).toBe(0);
  });

  test("a lost network is waited out in words and the rest is sent, no byte twice", async () => {
    tus.faults = [{ method: "PATCH", status: 0 }];
    send().start();
    await quiet();
    expect(states.at(-1)).toEqual([
      "waiting",
      "网络断了，已传的 0% 保留着，1 秒后自动接着传（第 1 次）",
    ]);
    await vi.advanceTimersByTimeAsync(1000);
    await quiet();
    expect(tus.text()).toBe("0123456789");
    expect(states.at(-1)).toEqual(["done", ""]);
  });

  test("a gateway's 502 while the server restarts does not begin again from zero", async () => {
    tus.faults = [
      { method: "PATCH", status: 502 },
      { method: "HEAD", status: 502 },
      { method: "HEAD", status: 503 },
    ];
    send().start();
    await quiet();
    expect(states.at(-1)?.[1]).toBe(
      "服务器暂时没有回应，已传的 0% 保留着，1 秒后自动接着传（第 1 次）",
    );
    await vi.advanceTimersByTimeAsync(1000);
    await quiet();
    await vi.advanceTimersByTimeAsync(2000);
    await quiet();
    await vi.advanceTimersByTimeAsync(4000);
    await quiet();
    expect(tus.log.filter((line) => line.startsWith("POST"))).toEqual(["POST 201"]);
    expect(tus.text()).toBe("0123456789");
  });

  test("back on line, it does not wait for the pause to end", async () => {
    tus.faults = [{ method: "POST", status: 0 }];
    send().start();
    await quiet();
    window.dispatchEvent(new Event("online"));
    await quiet();
    expect(states.at(-1)).toEqual(["done", ""]);
  });

  test("a refusal ends it with the server's own Chinese", async () => {
    tus.faults = [
      { method: "POST", status: 413, body: "文件有 3.1 GB，超过了这里允许的 2.0 GB。" },
    ];
    send().start();
    await quiet();
    expect(states.at(-1)).toEqual(["refused", "文件有 3.1 GB，超过了这里允许的 2.0 GB。"]);
    expect(tus.files.size).toBe(0);
  });

  test("after a reload the same file goes on where this browser left it", async () => {
    tus.hang = true;
    send().start();
    await quiet();
    tus.hang = false;
    expect(tus.text()).toBe("0123");
    const second = send();
    expect(await second.recall()).toBe(true);
    second.start();
    await quiet();
    expect(tus.text()).toBe("0123456789");
    expect(tus.log.filter((line) => line.startsWith("POST"))).toEqual(["POST 201"]);
  });

  test("the server's address of an earlier try is enough, on another device", async () => {
    tus.files.set("/uploads/77", {
      length: 10,
      bytes: new TextEncoder().encode("01234"),
      metadata: "",
    });
    send(film(), "/uploads/77").start();
    await quiet();
    expect(tus.text("/uploads/77")).toBe("0123456789");
    expect(tus.files.size).toBe(1);
  });

  test("speed looks at the last seconds only", () => {
    const meter = new Meter();
    expect(meter.speed).toBe(0);
    for (let second = 0; second <= 20; second += 1)
      meter.add(second * 1000, second < 10 ? 0 : (second - 10) * 500);
    expect(meter.speed).toBe(500);
  });
});

describe("fc-upload", () => {
  const MARKUP = `<fc-upload endpoint="/uploads/" grant-url="/grant/" accept=".mp4,video/mp4" max-bytes="20" pending-url="/pending/"
    refresh="#list"><div class="upload"><label for="film">影片</label><input id="film" name="film" type="file"></div></fc-upload>
    <div id="list"></div>`;
  const words = (): string => find(".upload-words").textContent ?? "";

  test.each([
    [film("x", "片子.mov"), "这里只收 .mp4 文件，选中的是 .mov 文件。没有上传，请另选一个。"],
    [
      film("", "空.mp4"),
      "这个文件是空的（0 字节），可能还没有导出完成。没有上传，请检查后另选一个。",
    ],
    [film("x".repeat(21)), "文件有 21 字节，超过了 20 字节 的上限。没有上传，请压缩后再选。"],
  ])("refuses before a byte is sent", async (file, text) => {
    const asked = server({ status: 200, body: {} });
    await page<UploadElement>(MARKUP).send(file);
    expect(words()).toBe(text);
    expect(asked.map((one) => one.url)).toEqual(["/pending/"]);
  });

  test("shows the grant's refusal in the server's words", async () => {
    server(
      { status: 200, body: {} },
      { status: 422, body: { message: "报送已于 4月30日 17:00 截止，草稿仍保留。" } },
    );
    await page<UploadElement>(MARKUP).send(film());
    expect(words()).toBe("报送已于 4月30日 17:00 截止，草稿仍保留。");
    expect(tus.log).toEqual([]);
  });

  test("sends, tells how far it is, and wakes the list when the server has it", async () => {
    const asked = server(
      { status: 200, body: {} },
      { status: 200, body: { grant: "signed", max_size: 20 } },
    );
    const element = page<UploadElement>(MARKUP);
    const woken = vi.fn();
    find("#list").addEventListener("fc:uploaded", woken);
    const told = vi.fn();
    element.addEventListener("fc:uploaded", told);
    await element.send(film());
    await quiet();
    expect(asked[1]).toEqual({
      url: "/grant/",
      method: "POST",
      body: { filename: "急诊科.mp4", size: 10 },
    });
    expect(tus.text()).toBe("0123456789");
    expect(words()).toBe("“急诊科.mp4”已上传，正在检查。");
    expect(woken).toHaveBeenCalledOnce();
    expect(told).toHaveBeenCalledOnce();
    expect(find("[role=progressbar]").getAttribute("aria-valuenow")).toBe("100");
    expect(asksBeforeLeaving()).toBe(false);
  });

  /** The field as a reader left it before the script came, who arrived in this way. */
  function chosenBefore(arrival: string): void {
    vi.spyOn(performance, "getEntriesByType").mockReturnValue([
      { type: arrival } as PerformanceNavigationTiming,
    ]);
    vi.spyOn(HTMLInputElement.prototype, "files", "get").mockReturnValue([
      film(),
    ] as unknown as FileList);
  }

  test.each([
    ["navigate", "0123456789"],
    ["back_forward", ""],
    ["reload", ""],
  ])("a file chosen before the script is there: %s", async (arrival, received) => {
    server({ status: 200, body: {} }, { status: 200, body: { grant: "signed" } });
    chosenBefore(arrival);
    page<UploadElement>(MARKUP);
    await quiet();
    expect(tus.text()).toBe(received);
    vi.restoreAllMocks();
  });

  test("pauses and goes on by one button; leaving while it sends asks", async () => {
    server({ status: 200, body: {} }, { status: 200, body: { grant: "signed" } });
    tus.hang = true;
    const element = page<UploadElement>(MARKUP);
    await element.send(film());
    await quiet();
    expect(asksBeforeLeaving()).toBe(true);
    button("暂停").click();
    await quiet();
    expect(words()).toBe("已暂停，传好的部分都在");
    expect(asksBeforeLeaving()).toBe(false);
    tus.hang = false;
    button("继续上传").click();
    await quiet();
    expect(tus.text()).toBe("0123456789");
  });

  test("cancelling leaves nothing on the server", async () => {
    server({ status: 200, body: {} }, { status: 200, body: { grant: "signed" } });
    tus.hang = true;
    const element = page<UploadElement>(MARKUP);
    await element.send(film());
    await quiet();
    button("取消上传").click();
    await quiet();
    expect(tus.files.size).toBe(0);
    expect(words()).toBe("已取消上传，服务器上没有留下这个文件。");
  });

  test("offers to go on with what the server still holds, and does so for the same file only", async () => {
    const held = {
      url: "/uploads/9",
      filename: "急诊科.mp4",
      size: 10,
      offset: 5,
      modified: "1700000000000",
    };
    server({ status: 200, body: { uploads: [held] } }, { status: 200, body: { grant: "signed" } });
    tus.files.set("/uploads/9", {
      length: 10,
      bytes: new TextEncoder().encode("01234"),
      metadata: "",
    });
    const element = page<UploadElement>(MARKUP);
    await quiet();
    expect(words()).toBe(
      "继续上传上次的文件：“急诊科.mp4”已传 50%（5 字节 / 10 字节）。请重新选择这个文件，会从断开处接着传。",
    );
    await element.send(film());
    await quiet();
    expect(tus.text("/uploads/9")).toBe("0123456789");
    expect(tus.files.size).toBe(1);
  });

  test("a file of the same name and size but another date is a new file", async () => {
    const held = { url: "/uploads/9", filename: "急诊科.mp4", size: 10, offset: 5, modified: "1" };
    server({ status: 200, body: { uploads: [held] } }, { status: 200, body: { grant: "signed" } });
    tus.files.set("/uploads/9", {
      length: 10,
      bytes: new TextEncoder().encode("56789"),
      metadata: "",
    });
    const element = page<UploadElement>(MARKUP);
    await quiet();
    await element.send(film());
    await quiet();
    expect(tus.text("/uploads/2")).toBe("0123456789");
  });

  describe("with the demands of its place", () => {
    const demands = (way: boolean): string =>
      JSON.stringify({
        video: true,
        others: {},
        names: { width: ["画面宽度", "px"], height: ["画面高度", "px"] },
        demands: [
          {
            id: "orientation",
            text: "画面为横版",
            must: true,
            required: "画面宽度应大于画面高度",
            hint: "",
            section: "四（一）",
            words: "统一为横版",
            answer: "",
            way,
            tree: [">", { f: "width" }, { f: "height" }],
          },
        ],
      });

    function place(way = false): UploadElement {
      const element = page<UploadElement>(MARKUP.replace('max-bytes="20"', ""));
      element.setAttribute("demands", demands(way));
      return element;
    }

    const upright = (): File => file("竖.mp4", type(), index({ turned: QUARTER }), data());
    const grant = { status: 200, body: { grant: "signed" } };

    /** Reading a file takes real turns of the loop, which no clock of a test moves on. */
    async function send(element: UploadElement, chosen: File): Promise<void> {
      vi.useRealTimers();
      await element.send(chosen);
    }

    test("an upright film is stopped: nothing is asked for, nothing sent", async () => {
      const asked = server({ status: 200, body: {} }, grant);
      const element = place();
      await send(element, upright());
      expect(asked.map((one) => one.url)).toEqual(["/pending/"]);
      expect(tus.log).toEqual([]);
      expect(words()).toBe(
        "这是竖屏视频（1080×1920），有 1 项不符合通知要求。没有上传，文件还在您的设备上。",
      );
      expect(find(".upload").dataset.state).toBe("refused");
      expect(find(".upload-found .finding-compare").textContent).toContain(
        "实测画面宽度 1080 px、画面高度 1920 px要求画面宽度应大于画面高度怎么改",
      );
      expect(find(".upload-found details.cite").textContent).toContain("依据四（一）“统一为横版”");
      expect(document.querySelector(".upload-found button")).toBeNull();
      expect(asksBeforeLeaving()).toBe(false);
    });

    test("the next file, which is fit, goes, and what was said before is gone", async () => {
      server({ status: 200, body: {} }, grant);
      const element = place();
      await send(element, upright());
      const fit = file("横.mp4", type(), index({ codec: "avc1" }), data());
      await send(element, fit);
      await vi.waitFor(() => expect(words()).toBe("“横.mp4”已上传，正在检查。"));
      expect(tus.files.get("/uploads/1")?.length).toBe(fit.size);
      expect(document.querySelector(".upload-found")).toBeNull();
    });

    test("where a person decides, it is sent when that is asked for, and only then", async () => {
      const asked = server({ status: 200, body: {} }, grant);
      const element = place(true);
      await send(element, upright());
      expect(tus.log).toEqual([]);
      button("仍要上传").click();
      await vi.waitFor(() => expect(words()).toBe("“竖.mp4”已上传，正在检查。"));
      expect(asked.map((one) => one.url)).toEqual(["/pending/", "/grant/"]);
    });

    test("demands that nobody can read are left out, and the file goes", async () => {
      vi.spyOn(console, "info").mockImplementation(() => {});
      server({ status: 200, body: {} }, grant);
      const element = place();
      element.setAttribute("demands", "{");
      await send(element, upright());
      await vi.waitFor(() => expect(words()).toBe("“竖.mp4”已上传，正在检查。"));
    });

    test("of two files chosen one after the other, the second counts", async () => {
      server({ status: 200, body: {} }, grant);
      const element = place();
      const fit = file("横.mp4", type(), index({ codec: "avc1" }), data());
      await Promise.all([send(element, upright()), send(element, fit)]);
      await vi.waitFor(() => expect(words()).toBe("“横.mp4”已上传，正在检查。"));
      expect(document.querySelector(".upload-found")).toBeNull();
    });
  });
});
