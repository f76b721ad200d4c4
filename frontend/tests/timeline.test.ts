import { beforeEach, describe, expect, test } from "vitest";
import "../src/elements/timeline";
import "../src/elements/player";
import type { Timeline } from "../src/elements/timeline";
import { find, page } from "./stage";

const PAGE = `<section><p data-timeline-words></p>
  <fc-player id="player" keys="page"><video src="/f.mp4" controls></video></fc-player>
  <fc-timeline class="reel" for="player" length="100" label="时间线">
    <div class="reel-lane"><span class="reel-name">抖动</span><svg class="reel-track">
      <rect class="reel-mark" data-tone="told" data-from="30.00"><title>字幕 0:30</title></rect>
      <rect class="reel-mark" data-from="42.00"><title>抖动 0:42–0:55</title></rect>
      <rect class="reel-mark" data-from="10.50"><title>黑屏 0:10</title></rect></svg></div>
  </fc-timeline></section>`;

let moment = 0;

function open(address = ""): { line: Timeline; video: HTMLVideoElement } {
  location.hash = address;
  moment = 0;
  page(PAGE);
  const video = find<HTMLVideoElement>("video");
  Object.defineProperties(video, {
    duration: { configurable: true, get: () => 100 },
    readyState: { configurable: true, get: () => 4 },
    seeking: { configurable: true, get: () => false },
    currentTime: {
      configurable: true,
      get: () => moment,
      set: (value: number) => {
        moment = value;
        video.dispatchEvent(new Event("seeked"));
      },
    },
  });
  const line = find<Timeline>("fc-timeline");
  for (const track of line.querySelectorAll(".reel-track"))
    track.getBoundingClientRect = () => ({ left: 100, width: 200 }) as DOMRect;
  // Taken out and put in again, as a part that is fetched anew: it starts over with this film.
  const section = find("section");
  section.append(line);
  return { line, video };
}

function press(line: Timeline, key: string, shiftKey = false): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true });
  line.dispatchEvent(event);
  return event;
}

const click = (target: Element, clientX: number): boolean =>
  target.dispatchEvent(new MouseEvent("click", { clientX, bubbles: true, cancelable: true }));

beforeEach(() => () => {
  document.body.innerHTML = "";
  location.hash = "";
});

describe("fc-timeline", () => {
  test("is one slider over the whole film, and says how it is used", () => {
    const { line } = open();
    expect(line.getAttribute("role")).toBe("slider");
    expect(line.tabIndex).toBe(0);
    expect(line.getAttribute("aria-label")).toBe("时间线");
    expect(["min", "max", "now"].map((name) => line.getAttribute(`aria-value${name}`))).toEqual([
      "0",
      "100",
      "0",
    ]);
    expect(find("[data-timeline-words]").textContent).toContain("↑ ↓ 到上一处、下一处");
    expect(line.querySelectorAll(".reel-cursor").length).toBe(1);
  });

  test("a click jumps to the moment at that place, and on a mark to where it begins", () => {
    const { line } = open();
    click(find(".reel-track"), 150);
    expect(moment).toBe(25);
    click(find("[data-from='42.00']"), 199);
    expect(moment).toBe(42);
    click(find(".reel-name"), 150);
    expect(moment).toBe(42);
    expect(line.getAttribute("aria-valuetext")).toBe("0:42，共 1:40；抖动 0:42–0:55");
  });

  test("arrows move by a second, with Shift by ten, and never out of the film", () => {
    const { line } = open();
    press(line, "ArrowRight");
    press(line, "ArrowRight", true);
    expect(moment).toBe(11);
    press(line, "Home");
    press(line, "ArrowLeft");
    expect(moment).toBe(0);
    press(line, "End");
    press(line, "PageUp");
    expect(moment).toBe(100);
  });

  test("up and down go from fault to fault in the order of time, past what only tells", () => {
    const { line } = open();
    press(line, "ArrowDown");
    expect(moment).toBe(10.5);
    press(line, "ArrowDown");
    expect(moment).toBe(42);
    press(line, "ArrowDown");
    expect(moment).toBe(42);
    press(line, "ArrowUp");
    expect(moment).toBe(10.5);
  });

  test("a key is its own: the player of the page does not move on top, other keys pass", () => {
    const { line } = open();
    expect(press(line, "ArrowRight").defaultPrevented).toBe(true);
    expect(moment).toBe(1);
    expect(press(line, "Tab").defaultPrevented).toBe(false);
  });

  test("the cursor follows the film", () => {
    const { line, video } = open();
    video.currentTime = 25;
    const cursor = find<HTMLElement>(".reel-cursor");
    expect(cursor.style.getPropertyValue("--at")).toBe("0.2500");
    expect(line.getAttribute("aria-valuenow")).toBe("25");
  });

  test("an address with a moment opens the film there", () => {
    open("#t=42.4");
    expect(moment).toBe(42.4);
    open("#h-broken");
    expect(moment).toBe(0);
  });
});
