import { beforeEach, describe, expect, test, vi } from "vitest";
import "../src/elements/counter";
import "../src/elements/clock";
import "../src/elements/countdown";
import "../src/elements/scrub";
import type { Scrub } from "../src/elements/scrub";
import { find, page, type } from "./stage";

beforeEach(() => () => {
  document.body.innerHTML = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("fc-counter", () => {
  test("counts people's characters and says by how much it is too long", () => {
    page(
      '<div><textarea id="t" maxlength="3">𬭊材</textarea><fc-counter for="t" max="3">最多 3 字</fc-counter></div>',
    );
    const counter = find("fc-counter");
    expect(counter.textContent).toBe("已写 2 字，最多 3 字");
    type("#t", "𬭊材料室");
    expect(counter.textContent).toBe("已写 4 字，超出 1 字");
    expect(counter.hasAttribute("data-over")).toBe(true);
    expect(find("#t").hasAttribute("maxlength")).toBe(false);
  });
});

describe("fc-clock", () => {
  const stamped =
    '<fc-clock now="2026-04-30T16:59:58+08:00">服务器时间 <time>2026-04-30 16:59:58</time>' +
    "<span data-stamp>（打开本页时）</span></fc-clock>";

  test("runs on from the server's time, in the server's zone, whatever the reader's clock says", () => {
    vi.useFakeTimers({ now: Date.parse("2031-01-01T00:00:00Z") });
    page(stamped);
    expect(document.querySelector("fc-clock time")?.textContent).toBe("2026-04-30 16:59:58");
    expect(document.querySelector("[data-stamp]")).toBeNull();
    vi.advanceTimersByTime(2_100);
    expect(document.querySelector("fc-clock time")?.textContent).toBe("2026-04-30 17:00:00");
    document.body.innerHTML = "";
    vi.useRealTimers();
  });

  test("stays a stamp where the page says no time", () => {
    page(stamped.replace(/now="[^"]*"/, 'now="?"'));
    expect(document.querySelector("[data-stamp]")).not.toBeNull();
    document.body.innerHTML = "";
  });
});

describe("fc-countdown", () => {
  const markup = (now: string, deadline = "2026-04-30T17:00:00+08:00"): string =>
    `<fc-countdown deadline="${deadline}" now="${now}">截止：4月30日 17:00</fc-countdown>`;

  test("runs by the server's clock, not by the reader's", () => {
    vi.useFakeTimers({ now: new Date("2031-01-01T00:00:00Z") });
    page(markup("2026-04-30T16:50:00+08:00"));
    expect(find(".left").textContent).toBe("还有 10 分 00 秒");
    vi.advanceTimersByTime(61_000);
    expect(find(".left").textContent).toBe("还有 8 分 59 秒");
    expect(find("fc-countdown").hasAttribute("data-near")).toBe(true);
  });

  test("says once that the time has come", () => {
    vi.useFakeTimers();
    const heard = vi.fn();
    document.addEventListener("fc-deadline", heard);
    page(markup("2026-04-30T16:59:58+08:00"));
    vi.advanceTimersByTime(5_000);
    document.removeEventListener("fc-deadline", heard);
    expect(heard).toHaveBeenCalledOnce();
    expect(find(".left").textContent).toMatch(/^已过 [23] 秒$/);
    expect(find("fc-countdown").hasAttribute("data-over")).toBe(true);
  });

  test("asks the server again after the lid was closed", async () => {
    vi.useFakeTimers({ now: new Date("2026-04-30T08:00:00Z") });
    vi.stubGlobal(
      "fetch",
      async () => new Response("", { headers: { Date: "Thu, 30 Apr 2026 08:45:00 GMT" } }),
    );
    page(markup("2026-04-30T16:00:00+08:00"));
    // The wall clock ran on while the monotonic clock slept.
    vi.spyOn(performance, "now").mockReturnValue(performance.now());
    vi.setSystemTime(new Date("2026-04-30T08:44:00Z"));
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.advanceTimersByTimeAsync(0);
    expect(find(".left").textContent).toBe("还有 15 分 00 秒");
  });
});

describe("fc-scrub", () => {
  test("the pointer's place chooses the tile", () => {
    const card = page(
      '<article class="work"><fc-scrub src="/s.jpg" columns="5" rows="2" count="9"><img alt=""></fc-scrub></article>',
    );
    const scrub = find<Scrub>("fc-scrub");
    vi.spyOn(scrub, "getBoundingClientRect").mockReturnValue(new DOMRect(100, 50, 200, 100));
    expect([-1, 0, 0.5, 0.999, 2].map((share) => scrub.tileAt(share))).toEqual([0, 0, 4, 8, 8]);
    card.dispatchEvent(
      new PointerEvent("pointermove", { clientX: 200, clientY: 80, pointerType: "mouse" }),
    );
    const sheet = find(".scrub-sheet");
    expect(sheet.style.backgroundSize).toBe("500% 200%");
    expect(sheet.style.backgroundPosition).toBe("100% 0%");
    card.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
    expect(sheet.hidden).toBe(true);
  });

  test("a long press looks and does not open; a tap opens", () => {
    vi.useFakeTimers();
    const card = page(
      '<article class="work"><fc-scrub src="/s.jpg" columns="2" rows="1" count="2"></fc-scrub><a href="#w">去</a></article>',
    );
    vi.spyOn(find("fc-scrub"), "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 100, 50));
    const tap = (): boolean => {
      const click = new MouseEvent("click", { bubbles: true, cancelable: true });
      find("a").dispatchEvent(click);
      return click.defaultPrevented;
    };
    const press = { clientX: 90, clientY: 20, pointerType: "touch" };
    card.dispatchEvent(new PointerEvent("pointerdown", press));
    vi.advanceTimersByTime(100);
    card.dispatchEvent(new PointerEvent("pointerup", press));
    expect(tap()).toBe(false);
    card.dispatchEvent(new PointerEvent("pointerdown", press));
    vi.advanceTimersByTime(400);
    expect(find(".scrub-sheet").hidden).toBe(false);
    card.dispatchEvent(new PointerEvent("pointerup", press));
    expect(tap()).toBe(true);
    expect(tap()).toBe(false);
  });
});
