import { beforeEach, describe, expect, test } from "vitest";
import "../src/elements/together";
import { find, page } from "./stage";

const PAGE = `<fc-together>
  <video id="left"></video><video id="right"></video>
  <div data-together-words></div>
  <button type="button" data-left="12.5" data-right="3" data-pace="1.000">一</button>
  <button type="button" data-left="30" data-right="10" data-pace="1.050">二</button>
</fc-together>`;

/** A film as a browser plays it: what happens to it is told as events. */
function film(id: string): HTMLVideoElement {
  const video = find<HTMLVideoElement>(`#${id}`);
  const state = { now: 0, paused: true, ended: false };
  Object.defineProperties(video, {
    currentTime: { get: () => state.now, set: (to: number) => (state.now = to) },
    paused: { get: () => state.paused },
    ended: { get: () => state.ended, set: (to: boolean) => (state.ended = to) },
    seeking: { value: false, writable: true },
    playbackRate: { value: 1, writable: true },
    muted: { value: false, writable: true },
  });
  video.play = async () => {
    state.paused = false;
    video.dispatchEvent(new Event("play"));
  };
  video.pause = () => {
    if (state.paused) return;
    state.paused = true;
    video.dispatchEvent(new Event("pause"));
  };
  return video;
}

let left: HTMLVideoElement;
let right: HTMLVideoElement;

const tell = (what: string): boolean => left.dispatchEvent(new Event(what));
const moments = (): HTMLButtonElement[] => [
  ...document.querySelectorAll<HTMLButtonElement>("button[data-left]"),
];

beforeEach(() => {
  const element = page(PAGE);
  element.remove();
  document.body.append(element);
  left = film("left");
  right = film("right");
  // Connected again, with films that do what a browser's do.
  element.remove();
  document.body.append(element);
  return () => {
    document.body.innerHTML = "";
  };
});

describe("fc-together", () => {
  test("a moment starts both films where they are alike, and says which it is", () => {
    moments()[0]?.click();
    expect([left.currentTime, right.currentTime]).toEqual([12.5, 3]);
    expect([left.paused, right.paused]).toEqual([false, false]);
    expect(moments().map((each) => each.getAttribute("aria-current"))).toEqual(["true", null]);
    moments()[1]?.click();
    expect([left.currentTime, right.currentTime]).toEqual([30, 10]);
    expect(moments().map((each) => each.getAttribute("aria-current"))).toEqual([null, "true"]);
  });

  test("before a moment is chosen each film plays for itself", async () => {
    await left.play();
    left.currentTime = 50;
    tell("timeupdate");
    expect([right.paused, right.currentTime]).toEqual([true, 0]);
  });

  test("pausing, waiting for bytes and the end hold the other; playing takes it along", async () => {
    moments()[0]?.click();
    left.pause();
    expect(right.paused).toBe(true);
    await left.play();
    expect(right.paused).toBe(false);
    tell("waiting");
    expect(right.paused).toBe(true);
    tell("playing");
    expect(right.paused).toBe(false);
    tell("ended");
    expect(right.paused).toBe(true);
  });

  test("a film at its end is not started again by the other", async () => {
    moments()[0]?.click();
    right.pause();
    Object.assign(right, { ended: true });
    tell("playing");
    expect(right.paused).toBe(true);
  });

  test("the other follows a jump, a drift and the speed at its own pace", () => {
    moments()[1]?.click();
    left.currentTime = 40;
    tell("seeked");
    expect(right.currentTime).toBeCloseTo(20.5);
    left.currentTime = 40.2;
    tell("timeupdate");
    expect(right.currentTime).toBeCloseTo(20.5); // under a third of a second nothing jerks
    left.playbackRate = 1.5;
    tell("ratechange");
    expect(right.playbackRate).toBeCloseTo(1.575);
    left.currentTime = 0;
    tell("seeked");
    expect(right.currentTime).toBe(0); // before the other begins there is nothing
  });

  test("one film is heard at a time, by a button that says which", () => {
    expect([left.muted, right.muted]).toEqual([false, true]);
    const button = find<HTMLButtonElement>("button[aria-pressed]");
    expect([button.textContent, button.getAttribute("aria-pressed")]).toEqual([
      "改听对方的声音",
      "false",
    ]);
    button.click();
    expect([left.muted, right.muted]).toEqual([true, false]);
    expect([button.textContent, button.getAttribute("aria-pressed")]).toEqual([
      "正在听对方的声音",
      "true",
    ]);
    button.click();
    expect([left.muted, right.muted]).toEqual([false, true]);
  });

  test("taken off the page it leaves the films alone", () => {
    const element = find("fc-together");
    moments()[0]?.click();
    element.remove();
    left.currentTime = 90;
    tell("seeked");
    expect(right.currentTime).toBe(3);
    expect(element.querySelector("button[aria-pressed]")).toBeNull();
  });
});
