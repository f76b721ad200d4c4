import { h, icon, typing } from "../kit/dom";
import { clock } from "../kit/words";

const JUMP = 5;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

interface Sprite {
  src: string;
  columns: number;
  rows: number;
  times: number[];
  count: number;
}

/**
 * `<fc-player label sprite sprite-columns sprite-rows sprite-count|sprite-times keys="page">` around a
 * `<video>`: play, seek with a look ahead, speed, sound, full screen, and the keys space, ←, →, f, m.
 *
 * `seek(seconds)` jumps; any `data-seek="12.5"` on the page does too (`data-player="id"`, else the
 * first player). `keys="page"` listens on the whole page, as a judging room wants.
 */
export class Player extends HTMLElement {
  #video: HTMLVideoElement | null = null;
  #abort: AbortController | null = null;
  #sprite: Sprite | null = null;
  #wished: number | null = null;
  readonly #play = h("button", { type: "button" });
  readonly #range = h("input", {
    type: "range",
    min: 0,
    max: 1000,
    step: 1,
    value: 0,
    "aria-label": "播放位置",
  });
  readonly #time = h("span", { class: "player-time" }, "0:00 / 0:00");
  readonly #mute = h("button", { type: "button" });
  readonly #volume = h("input", {
    type: "range",
    class: "player-volume",
    min: 0,
    max: 100,
    value: 100,
    "aria-label": "音量",
  });
  readonly #speed = h("select", { "aria-label": "播放速度" });
  readonly #full = h("button", { type: "button", "aria-label": "全屏" }, icon("fullscreen"));
  readonly #preview = h("div", { class: "player-preview" }, h("span"));
  readonly #trouble = h("p", { class: "player-words", role: "alert" });
  #bar: HTMLElement | null = null;

  connectedCallback(): void {
    this.#video = this.querySelector("video");
    const video = this.#video;
    if (!video) return;
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    video.controls = false;
    video.playsInline = true;
    video.setAttribute("webkit-playsinline", "");
    video.setAttribute("x5-video-player-type", "h5-page");
    if (!this.hasAttribute("tabindex")) this.tabIndex = -1;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", `影片：${this.getAttribute("label") ?? "作品"}`);
    this.#sprite = this.#readSprite();
    if (!this.#bar) this.#build();
    this.#listen(video, signal);
    this.#refresh();
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
    this.#video?.pause();
  }

  get currentTime(): number {
    return this.#video?.currentTime ?? 0;
  }

  /** Jump to a moment of the film, in seconds; kept until the film is ready. */
  seek(seconds: number): void {
    const video = this.#video;
    if (!video || !Number.isFinite(seconds)) return;
    if (!(video.duration > 0)) {
      this.#wished = seconds;
      if (video.preload === "none") video.preload = "metadata";
      video.load();
      return;
    }
    video.currentTime = Math.min(Math.max(0, seconds), video.duration);
    this.#refresh();
  }

  toggle(): void {
    const video = this.#video;
    if (!video) return;
    if (video.paused || video.ended) void video.play().catch(() => this.#refresh());
    else video.pause();
  }

  /** Marks on the seek bar, in seconds: findings, private notes. */
  mark(moments: number[]): void {
    const length = this.#video?.duration ?? 0;
    const place = this.querySelector(".player-marks");
    if (!place || !(length > 0)) return;
    place.replaceChildren(
      ...moments.map((moment) => {
        const line = h("i");
        line.style.left = `${(moment / length) * 100}%`;
        return line;
      }),
    );
  }

  #readSprite(): Sprite | null {
    const src = this.getAttribute("sprite");
    if (!src) return null;
    const number = (name: string): number => Math.max(1, Number(this.getAttribute(name)) || 1);
    const times = (this.getAttribute("sprite-times") ?? "").split(",").filter(Boolean).map(Number);
    return {
      src,
      columns: number("sprite-columns"),
      rows: number("sprite-rows"),
      times,
      count: times.length || number("sprite-count"),
    };
  }

  #build(): void {
    for (const speed of SPEEDS) {
      this.#speed.append(
        h("option", { value: speed, selected: speed === 1 }, speed === 1 ? "原速" : `${speed} 倍`),
      );
    }
    this.#preview.hidden = true;
    this.#trouble.hidden = true;
    this.#bar = h(
      "div",
      { class: "player-bar" },
      h(
        "div",
        { class: "player-seek" },
        this.#range,
        h("div", { class: "player-marks" }),
        this.#preview,
      ),
      this.#play,
      this.#time,
      h("span", { class: "player-gap" }),
      this.#speed,
      this.#mute,
      this.#volume,
      this.#full,
    );
    this.append(this.#bar, this.#trouble);
  }

  #listen(video: HTMLVideoElement, signal: AbortSignal): void {
    const on = { signal };
    for (const name of [
      "play",
      "pause",
      "ended",
      "timeupdate",
      "durationchange",
      "volumechange",
      "ratechange",
    ]) {
      video.addEventListener(name, () => this.#refresh(), on);
    }
    video.addEventListener(
      "loadedmetadata",
      () => {
        this.#trouble.hidden = true;
        if (this.#wished !== null) this.seek(this.#wished);
        this.#wished = null;
        const marks = (this.getAttribute("marks") ?? "").split(",").filter(Boolean).map(Number);
        if (marks.length) this.mark(marks);
      },
      on,
    );
    video.addEventListener("click", () => this.toggle(), on);
    video.addEventListener("error", () => this.#fail(), on);
    this.#play.addEventListener("click", () => this.toggle(), on);
    this.#range.addEventListener(
      "input",
      () => {
        if (video.duration > 0) this.seek((Number(this.#range.value) / 1000) * video.duration);
      },
      on,
    );
    this.#range.addEventListener("pointermove", (event) => this.#look(event), on);
    this.#range.addEventListener(
      "pointerleave",
      () => {
        this.#preview.hidden = true;
      },
      on,
    );
    this.#mute.addEventListener(
      "click",
      () => {
        video.muted = !video.muted;
      },
      on,
    );
    this.#volume.addEventListener(
      "input",
      () => {
        video.volume = Number(this.#volume.value) / 100;
        video.muted = video.volume === 0;
      },
      on,
    );
    this.#speed.addEventListener(
      "change",
      () => {
        video.playbackRate = Number(this.#speed.value);
      },
      on,
    );
    this.#full.addEventListener("click", () => this.#fill(), on);
    document.addEventListener("fullscreenchange", () => this.#refresh(), on);
    const keys: EventTarget = this.getAttribute("keys") === "page" ? document : this;
    keys.addEventListener("keydown", (event) => this.#key(event as KeyboardEvent), on);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : null;
    // Space presses the button that has the focus, and nothing else.
    if (event.key === " " && target?.closest("button, a, summary, [role=button]")) return;
    if (
      event.key.startsWith("Arrow") &&
      target instanceof HTMLInputElement &&
      target !== this.#range
    )
      return;
    const video = this.#video;
    if (!video) return;
    if (event.key === " ") this.toggle();
    else if (event.key === "ArrowLeft") this.seek(video.currentTime - JUMP);
    else if (event.key === "ArrowRight") this.seek(video.currentTime + JUMP);
    else if (event.key === "f" || event.key === "F") this.#fill();
    else if (event.key === "m" || event.key === "M") video.muted = !video.muted;
    else if (event.key === "Escape" && this.classList.contains("filling")) this.#fill();
    else return;
    event.preventDefault();
  }

  #fill(): void {
    if (document.fullscreenElement) {
      void document.exitFullscreen();
    } else if (this.classList.contains("filling")) {
      this.classList.remove("filling");
    } else if (this.requestFullscreen) {
      void this.requestFullscreen().catch(() => this.classList.add("filling"));
    } else {
      // The phones' in-app browsers know no full screen for an element: fill the window instead.
      this.classList.add("filling");
    }
    this.#refresh();
  }

  #look(event: PointerEvent): void {
    const video = this.#video;
    if (!video || !(video.duration > 0)) return;
    const box = this.#range.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - 8) / (box.width - 16)));
    const moment = share * video.duration;
    const words = this.#preview.querySelector("span");
    if (words) words.textContent = clock(moment);
    const sprite = this.#sprite;
    this.#preview.classList.toggle("bare", !sprite);
    let width = 64;
    if (sprite) {
      const tile = this.tileAt(moment);
      width = 192;
      this.#preview.style.width = `${width}px`;
      this.#preview.style.height = `${Math.round((width * (video.videoHeight || 9)) / (video.videoWidth || 16))}px`;
      this.#preview.style.backgroundImage = `url("${sprite.src}")`;
      this.#preview.style.backgroundSize = `${sprite.columns * 100}% ${sprite.rows * 100}%`;
      const across =
        sprite.columns > 1 ? ((tile % sprite.columns) / (sprite.columns - 1)) * 100 : 0;
      const down =
        sprite.rows > 1 ? (Math.floor(tile / sprite.columns) / (sprite.rows - 1)) * 100 : 0;
      this.#preview.style.backgroundPosition = `${across}% ${down}%`;
    }
    const left = Math.min(box.width - width, Math.max(0, event.clientX - box.left - width / 2));
    this.#preview.style.left = `${left}px`;
    this.#preview.hidden = false;
  }

  /** Which tile of the sprite shows a moment: the last one taken before it, or its even share. */
  tileAt(moment: number): number {
    const sprite = this.#sprite;
    if (!sprite) return 0;
    if (sprite.times.length) {
      let found = 0;
      for (const [index, time] of sprite.times.entries()) if (time <= moment) found = index;
      return found;
    }
    const length = this.#video?.duration || 1;
    return Math.min(sprite.count - 1, Math.floor((moment / length) * sprite.count));
  }

  #refresh(): void {
    const video = this.#video;
    if (!video) return;
    const length = Number.isFinite(video.duration) ? video.duration : 0;
    const share = length ? video.currentTime / length : 0;
    const playing = !video.paused && !video.ended;
    this.toggleAttribute("data-busy", playing);
    this.#put(this.#play, playing ? "pause" : "play", playing ? "暂停（空格）" : "播放（空格）");
    const silent = video.muted || video.volume === 0;
    this.#put(this.#mute, silent ? "mute" : "sound", silent ? "打开声音（M）" : "静音（M）");
    this.#volume.value = String(silent ? 0 : Math.round(video.volume * 100));
    this.#volume.style.setProperty("--at", String(silent ? 0 : video.volume));
    this.#range.value = String(Math.round(share * 1000));
    this.#range.style.setProperty("--at", String(share));
    this.#range.setAttribute("aria-valuetext", `${clock(video.currentTime)}，共 ${clock(length)}`);
    this.#time.textContent = `${clock(video.currentTime)} / ${clock(length)}`;
    const filling = document.fullscreenElement === this || this.classList.contains("filling");
    this.#full.setAttribute("aria-label", filling ? "退出全屏（F）" : "全屏（F）");
  }

  /** A new icon only when it changes: a button rebuilt under the finger loses its click. */
  #put(button: HTMLButtonElement, name: string, words: string): void {
    if (button.getAttribute("aria-label") === words) return;
    button.setAttribute("aria-label", words);
    button.title = words;
    button.replaceChildren(icon(name));
  }

  #fail(): void {
    this.#trouble.hidden = false;
    const again = h("button", { type: "button", class: "button compact" }, "再试一次");
    again.addEventListener("click", () => {
      this.#trouble.hidden = true;
      this.#wished = this.#video?.currentTime ?? 0;
      this.#video?.load();
    });
    this.#trouble.replaceChildren(
      "这段影片没能放出来。可能是网络断了，或浏览器不支持它的编码。评分和笔记都在。 ",
      again,
    );
  }
}

customElements.define("fc-player", Player);

document.addEventListener("click", (event) => {
  const link =
    event.target instanceof Element ? event.target.closest<HTMLElement>("[data-seek]") : null;
  if (!link) return;
  const id = link.dataset.player;
  const player = id ? document.getElementById(id) : document.querySelector("fc-player");
  if (!(player instanceof Player)) return;
  event.preventDefault();
  player.seek(Number(link.dataset.seek));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  player.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
});
