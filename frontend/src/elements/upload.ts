import { h, icon } from "../kit/dom";
import { takeDrops } from "../kit/dropping";
import { get, post, Unreachable } from "../kit/net";
import { guardLeaving } from "../kit/saver";
import { about, size } from "../kit/words";
import { refusalOf } from "./refusal";
import { type Progress, Transfer, type TransferState } from "./transfer";

interface Pending {
  url: string;
  filename: string;
  size: number;
  offset: number;
  modified?: string;
}

type Tone = "" | "fail" | "doubt" | "pass";

/**
 * `<fc-upload endpoint grant-url accept max-bytes demands pending-url refresh>` around a native file input.
 *
 * A chosen file is checked (kind, size; with `demands`, the JSON of what its place demands, also what
 * its head states, see check/uploadcheck), a grant is asked for (POST `{filename, size}` →
 * `{grant, expires_at, max_size}`; a refusal's Chinese is shown), then the file goes by tus with
 * pause and resume. `pending-url` answers `{uploads: [{url, filename, size, offset, modified?}]}` so
 * that another device or a reloaded page can go on. When the server has the whole file, `fc:uploaded`
 * is fired here and on what `refresh` selects; `refresh-url` and `refresh-target` name a part of the
 * page that htmx then fetches anew.
 */
export class UploadElement extends HTMLElement {
  #input: HTMLInputElement | null = null;
  #box: HTMLElement | null = null;
  #transfer: Transfer | null = null;
  #file: File | null = null;
  #pending: Pending[] = [];
  #told = -1;
  /** The file that is being looked at, until it is sent or held back. */
  #looking: File | null = null;
  #found: HTMLElement | null = null;
  #abort: AbortController | null = null;
  #leave: (() => void) | null = null;
  readonly #words = h("p", { class: "upload-words", role: "status", "aria-live": "polite" });
  readonly #name = h("span", { class: "upload-name" });
  readonly #percent = h("span", { class: "upload-percent" }, "0%");
  readonly #figures = h("span");
  readonly #bar = h(
    "div",
    {
      class: "upload-track",
      role: "progressbar",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": 0,
      "aria-label": "上传进度",
    },
    h("div", { class: "upload-fill" }),
  );
  readonly #heard = h("p", { class: "sr-only", "aria-live": "polite" });
  readonly #hold = h("button", { type: "button", class: "button" });
  readonly #drop = h("button", { type: "button", class: "button quiet" }, "取消上传");
  readonly #choose = h("label", { class: "button" });
  readonly #panel = h(
    "div",
    { class: "flow" },
    h("div", { class: "upload-line" }, this.#name, this.#percent),
    this.#bar,
    h("div", { class: "upload-line" }, this.#figures),
    h("div", { class: "actions" }, this.#hold, this.#drop),
  );

  connectedCallback(): void {
    this.#input = this.querySelector<HTMLInputElement>('input[type="file"]');
    if (!this.#input) {
      this.#input = h("input", {
        type: "file",
        accept: this.getAttribute("accept") ?? "",
        "aria-label": this.getAttribute("label") ?? "选择文件",
      });
      this.append(h("div", { class: "upload" }, this.#input));
    }
    this.#box = this.#input.closest<HTMLElement>(".upload") ?? this;
    // A file that goes by tus must not travel with the form as well.
    this.#input.removeAttribute("name");
    this.#panel.hidden = true;
    this.#words.hidden = true;
    this.#input.id ||= `file-${Math.random().toString(36).slice(2)}`;
    this.#choose.htmlFor = this.#input.id;
    this.#choose.textContent = this.getAttribute("choose") ?? "选择文件";
    const most = Number(this.getAttribute("max-bytes") ?? 0);
    // Nothing can be dragged with a finger.
    const drag = matchMedia("(hover: none)").matches ? "" : "也可以把文件拖到这里";
    const hint = [drag, most ? `最大 ${size(most)}` : ""].filter(Boolean).join("，");
    const pick = h(
      "div",
      { class: "upload-choose" },
      this.#choose,
      h("span", { class: "hint" }, hint),
    );
    this.#box.append(pick, this.#panel, this.#words, this.#heard);
    this.#set("idle");
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#input.addEventListener("change", () => this.#chosen(), { signal });
    this.#hold.addEventListener("click", () => this.#toggle(), { signal });
    this.#drop.addEventListener("click", () => void this.#cancel(), { signal });
    takeDrops(this.#box, signal, {
      busy: () => this.#busy(),
      take: (file) => void this.send(file),
    });
    this.#leave = guardLeaving(() => this.#busy());
    const early = this.#early();
    void this.#recall().then(() => {
      if (early && !this.#file) this.#chosen();
    });
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
    this.#leave?.();
    if (this.#busy()) void this.#transfer?.pause();
  }

  /** Why a file cannot be taken, before a byte is sent; empty when it can. */
  refusal(file: File): string {
    const most = Number(this.getAttribute("max-bytes") ?? 0);
    return refusalOf(file, this.getAttribute("accept") ?? "", most);
  }

  #busy(): boolean {
    return (
      this.#transfer !== null && ["sending", "waiting", "finishing"].includes(this.#transfer.state)
    );
  }

  /** A file was chosen before the script was there. What a browser puts back by itself, after going
   * back or reloading, nobody has chosen now. */
  #early(): boolean {
    const [arrival] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    return Boolean(this.#input?.files?.length) && (arrival?.type ?? "navigate") === "navigate";
  }

  /** What the server still holds of an earlier try, perhaps from another device. */
  async #recall(): Promise<void> {
    const url = this.getAttribute("pending-url");
    if (!url) return;
    try {
      const answer = await get(url);
      const list = answer.body.uploads;
      this.#pending = answer.ok && Array.isArray(list) ? (list as Pending[]) : [];
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    const last = this.#pending.at(-1);
    if (!last || this.#transfer) return;
    const done = last.size ? Math.floor((last.offset / last.size) * 100) : 0;
    this.#tell(
      `继续上传上次的文件：“${last.filename}”已传 ${done}%（${size(last.offset)} / ${size(last.size)}）。请重新选择这个文件，会从断开处接着传。`,
      "doubt",
    );
  }

  #chosen(): void {
    const file = this.#input?.files?.[0];
    if (file) void this.send(file);
  }

  /** Check a file, ask for leave, and send it. `anyway`: it was looked at, and is to be sent. */
  async send(file: File, anyway = false): Promise<void> {
    this.#found?.remove();
    const no = this.refusal(file);
    if (no) {
      this.#looking = null;
      this.#refuse(no);
      return;
    }
    if (!anyway && !this.#busy() && (await this.#held(file))) return;
    if (this.#transfer) {
      if (this.#busy()) return;
      await this.#transfer.pause();
    }
    this.#file = file;
    this.#told = -1;
    this.#name.textContent = file.name;
    this.#tell("正在准备上传……", "");
    const leave = await this.#grant(file);
    if (leave === null) return;
    const known = this.#pending.find(
      (one) =>
        one.filename === file.name &&
        one.size === file.size &&
        (!one.modified || one.modified === String(file.lastModified)),
    );
    const transfer = new Transfer(
      file,
      {
        endpoint: this.getAttribute("endpoint") ?? "/uploads/",
        grant: leave,
        uploadUrl: known?.url,
        fingerprint: [
          "fengcai",
          this.getAttribute("grant-url"),
          file.name,
          file.size,
          file.lastModified,
        ].join("-"),
      },
      {
        onState: (state, words) => this.#turned(state, words),
        onProgress: (progress) => this.#progress(progress),
        onDone: (url, body) => this.#done(url, body),
      },
    );
    this.#transfer = transfer;
    if (!known) await transfer.recall();
    this.#panel.hidden = false;
    transfer.start();
  }

  /** Whether what the head of the file states holds it back. What there is to say is said. */
  async #held(file: File): Promise<boolean> {
    const demands = this.getAttribute("demands");
    if (!demands) return false;
    this.#looking = file;
    this.#tell("正在核对文件……", "");
    try {
      const { check, report } = await import("../check/uploadcheck");
      const outcome = await check(file, JSON.parse(demands));
      // Another file was chosen meanwhile, or the page went on.
      if (this.#looking !== file || !this.isConnected) return true;
      if (outcome.stopped) this.#refuse(outcome.words);
      this.#found = report(outcome, () => void this.send(file, true));
      if (this.#found) this.#words.after(this.#found);
      return outcome.stopped;
    } catch (error) {
      // An old browser, a script that did not come: the server looks at every file anyway.
      console.info("the check before the upload was left out", error);
      return this.#looking !== file;
    } finally {
      if (this.#looking === file) this.#looking = null;
    }
  }

  async #grant(file: File): Promise<string | null> {
    const url = this.getAttribute("grant-url");
    if (!url) {
      this.#refuse("页面缺少上传地址，请刷新后再试。");
      return null;
    }
    try {
      const answer = await post(url, { filename: file.name, size: file.size });
      if (!answer.ok) {
        this.#refuse(answer.message);
        return null;
      }
      const most = Number(answer.body.max_size ?? 0);
      if (most && file.size > most) {
        this.#refuse(
          `文件有 ${size(file.size)}，超过了 ${size(most)} 的上限。没有上传，请压缩后再选。`,
        );
        return null;
      }
      return String(answer.body.grant ?? "");
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.#refuse("网络连接断了，还没有开始上传。文件还在您的设备上，联网后请再选一次。");
      return null;
    }
  }

  #refuse(words: string): void {
    this.#panel.hidden = true;
    this.#set("refused");
    this.#tell(words, "fail");
    // The same file may be chosen again after it was mended.
    if (this.#input) {
      this.#input.value = "";
      this.#input.disabled = false;
    }
  }

  #turned(state: TransferState, words: string): void {
    this.#set(state);
    const going = state === "sending" || state === "waiting";
    if (this.#input) this.#input.disabled = going || state === "finishing";
    this.#hold.hidden = state === "finishing" || state === "done" || state === "refused";
    this.#drop.hidden = this.#hold.hidden;
    if (state === "waiting") this.#hold.replaceChildren(icon("retry"), "现在就试");
    else if (state === "paused") this.#hold.replaceChildren(icon("play"), "继续上传");
    else this.#hold.replaceChildren(icon("pause"), "暂停");
    if (state === "refused") this.#refuse(words);
    else this.#tell(words, state === "waiting" ? "doubt" : "");
    if (state !== "sending") this.#figures.textContent = this.#file ? size(this.#file.size) : "";
  }

  #toggle(): void {
    const transfer = this.#transfer;
    if (!transfer) return;
    if (transfer.state === "waiting") transfer.wake();
    else if (transfer.state === "paused") transfer.resume();
    else void transfer.pause();
  }

  async #cancel(): Promise<void> {
    await this.#transfer?.cancel();
    this.#transfer = null;
    this.#pending = [];
    this.#found?.remove();
    this.#panel.hidden = true;
    this.#set("idle");
    if (this.#input) {
      this.#input.disabled = false;
      this.#input.value = "";
      this.#input.focus();
    }
    this.#tell("已取消上传，服务器上没有留下这个文件。", "");
  }

  #progress({ sent, total, speed, left }: Progress): void {
    const percent = total ? Math.floor((sent / total) * 100) : 0;
    this.#percent.textContent = `${percent}%`;
    this.#bar.style.setProperty("--done", String(total ? sent / total : 0));
    this.#bar.setAttribute("aria-valuenow", String(percent));
    const pace = speed ? `，每秒 ${size(speed)}` : "";
    this.#figures.textContent = `${size(sent)} / ${size(total)}${pace}，还需${about(left)}`
      .replace("还需马上就好", "马上就好")
      .replace("还需正在估算", "正在估算剩余时间");
    // Read out every tenth, not every byte.
    const tenth = Math.floor(percent / 10);
    if (tenth > this.#told) {
      this.#told = tenth;
      this.#heard.textContent = `已上传 ${percent}%`;
    }
  }

  #done(url: string, body: string): void {
    const name = this.#file?.name ?? "";
    this.#transfer = null;
    this.#pending = [];
    this.#panel.hidden = true;
    this.#set("done");
    this.#tell(`“${name}”已上传，正在检查。`, "pass");
    if (this.#input) {
      this.#input.disabled = false;
      this.#input.value = "";
    }
    this.dispatchEvent(
      new CustomEvent("fc:uploaded", { bubbles: true, detail: { url, filename: name, body } }),
    );
    const refresh = this.getAttribute("refresh");
    const part = this.getAttribute("refresh-url");
    const target = this.getAttribute("refresh-target");
    if (part && target) {
      document.dispatchEvent(new CustomEvent("fc:refresh", { detail: { url: part, target } }));
    }
    if (!refresh) return;
    // htmx hears plain events: hx-trigger="fc:uploaded" on what is to be fetched anew.
    for (const place of document.querySelectorAll(refresh)) {
      place.dispatchEvent(new CustomEvent("fc:uploaded"));
    }
  }

  #set(state: TransferState | "idle"): void {
    this.toggleAttribute("data-busy", state !== "idle" && state !== "done" && state !== "refused");
    const going = ["sending", "waiting", "finishing", "paused"].includes(state);
    if (this.#choose.parentElement) this.#choose.parentElement.hidden = going;
    if (this.#choose.firstChild) {
      this.#choose.textContent =
        state === "done" ? "换一个文件" : (this.getAttribute("choose") ?? "选择文件");
    }
    if (this.#box) this.#box.dataset.state = state;
  }

  #tell(words: string, tone: Tone): void {
    this.#words.hidden = words === "";
    this.#words.dataset.tone = tone;
    const mark = tone === "pass" ? "pass" : tone ? "alert" : "info";
    this.#words.replaceChildren(...(words ? [icon(mark), h("span", {}, words)] : []));
  }
}

customElements.define("fc-upload", UploadElement);
