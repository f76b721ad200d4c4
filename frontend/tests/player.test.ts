import { beforeEach, describe, expect, test, vi } from "vitest";
import "../src/elements/player";
import type { Player } from "../src/elements/player";
import { find, page } from "./stage";

const FILM = `<fc-player id="p" label="手心里的温度" sprite="/s.jpg" sprite-columns="5" sprite-rows="2" sprite-times="0,2,5,60"
  keys="page"><video src="/f.mp4" controls></video></fc-player>
  <button data-seek="12.5" data-player="p">0:12</button><textarea id="note"></textarea><input id="field" value="">`;

let paused = true;

function open(length = 100): { player: Player; video: HTMLVideoElement } {
  const player = page<Player>(FILM);
  const video = find<HTMLVideoElement>("video");
  let now = 0;
  paused = true;
  Object.defineProperties(video, {
    duration: { configurable: true, get: () => length },
    currentTime: {
      configurable: true,
      get: () => now,
      set: (value: number) => {
        now = value;
      },
    },
    paused: { configurable: true, get: () => paused },
    ended: { configurable: true, get: () => false },
  });
  video.play = async () => {
    paused = false;
    video.dispatchEvent(new Event("play"));
  };
  video.pause = () => {
    paused = true;
    video.dispatchEvent(new Event("pause"));
  };
  video.load = () => {};
  video.dispatchEvent(new Event("durationchange"));
  return { player, video };
}

const key = (name: string, target: EventTarget = document.body): KeyboardEvent => {
  const event = new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
  return event;
};

beforeEach(() => () => {
  document.body.innerHTML = "";
  vi.unstubAllGlobals();
});

describe("fc-player", () => {
  test("takes the browser's controls away and names its own", () => {
    const { player, video } = open();
    expect(video.controls).toBe(false);
    expect(player.getAttribute("aria-label")).toBe("影片：手心里的温度");
    const names = [...player.querySelectorAll("[aria-label]")].map((one) =>
      one.getAttribute("aria-label"),
    );
    expect(names).toEqual([
      "播放位置",
      "播放（空格）",
      "播放速度",
      "静音（M）",
      "音量",
      "全屏（F）",
    ]);
  });

  test("space plays and pauses, the arrows go five seconds, within the film", () => {
    const { video } = open(8);
    expect(key(" ").defaultPrevented).toBe(true);
    expect(paused).toBe(false);
    key(" ");
    expect(paused).toBe(true);
    key("ArrowRight");
    key("ArrowRight");
    expect(video.currentTime).toBe(8);
    key("ArrowLeft");
    expect(video.currentTime).toBe(3);
  });

  test("keys are left to whoever is writing, and to a button under the focus", () => {
    open();
    for (const id of ["note", "field"])
      expect(key(" ", find(`#${id}`)).defaultPrevented).toBe(false);
    expect(key(" ", find("[data-seek]")).defaultPrevented).toBe(false);
    expect(paused).toBe(true);
  });

  test("a time code on the page jumps the film", () => {
    const { video, player } = open();
    player.scrollIntoView = () => {};
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    find<HTMLButtonElement>("[data-seek]").click();
    expect(video.currentTime).toBe(12.5);
    expect(find(".player-time").textContent).toBe("0:12 / 1:40");
  });

  test("a jump before the film is known is kept until it is", () => {
    const { player, video } = open(Number.NaN);
    player.seek(33);
    expect(video.currentTime).toBe(0);
    Object.defineProperty(video, "duration", { configurable: true, get: () => 100 });
    video.dispatchEvent(new Event("loadedmetadata"));
    expect(video.currentTime).toBe(33);
  });

  test("the preview shows the last tile taken before the moment", () => {
    const { player } = open();
    expect([0, 1.9, 2, 59.9, 99].map((moment) => player.tileAt(moment))).toEqual([0, 0, 1, 2, 3]);
  });

  test("a film that cannot be shown says so and can be tried again", () => {
    const { video } = open();
    video.dispatchEvent(new Event("error"));
    expect(find(".player-words").hidden).toBe(false);
    find<HTMLButtonElement>(".player-words button").click();
    expect(find(".player-words").hidden).toBe(true);
  });
});
