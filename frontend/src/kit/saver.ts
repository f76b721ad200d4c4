import { type Answer, backoff, passing, post, Unreachable } from "./net";

export type SaveState =
  | "clean"
  | "unsaved"
  | "saving"
  | "saved"
  | "retrying"
  | "refused"
  | "conflict";

export interface SaverOptions {
  url: string;
  version: number;
  /** What is to be sent now, or null when nothing is owed. Called anew for every attempt. */
  payload: () => Record<string, unknown> | null;
  /** The server has what `sent` held. */
  onSaved: (sent: Record<string, unknown>, answer: Answer) => void;
  onConflict: (answer: Answer) => void;
  onRefused: (answer: Answer) => void;
  onState: (state: SaveState, words: string) => void;
  delay?: number;
}

/**
 * Saves by itself, one request at a time, with a version number against a second writer.
 *
 * `touch()` says that something changed. A failed network is tried again for ever, with a pause that
 * grows to half a minute; a refusal and a conflict wait for the person. A 409 that names the version
 * which was sent is no conflict of versions but a refusal: sent anew it would be answered the same.
 */
export class Saver {
  version: number;
  state: SaveState = "clean";
  #options: SaverOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #running: Promise<void> | null = null;
  #again = false;

  constructor(options: SaverOptions) {
    this.#options = options;
    this.version = options.version;
  }

  /** Whether something that the person wrote is not yet with the server. */
  get owed(): boolean {
    return this.state !== "clean" && this.state !== "saved";
  }

  /** Something changed: save after the pause. */
  touch(): void {
    if (this.state === "conflict") return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#say("unsaved", "还没有保存");
    this.#schedule(this.#options.delay ?? 800);
  }

  /** Save now and wait for the outcome. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#running) await this.#running;
    clearTimeout(this.#timer);
    if (this.state !== "conflict") await this.#save();
  }

  /** The network is back: don't wait for the pause to end. */
  wake(): void {
    if (this.state === "retrying") void this.flush();
  }

  /** The person has chosen between the two texts. */
  settle(version: number): void {
    this.version = version;
    this.#say("unsaved", "还没有保存");
    void this.flush();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), milliseconds);
  }

  async #save(): Promise<void> {
    const sent = this.#options.payload();
    if (sent === null) {
      if (this.owed) this.#say("clean", "");
      return;
    }
    this.#again = false;
    this.#running = this.#send(sent);
    await this.#running;
    this.#running = null;
    // What was typed while the request was under way goes next.
    if (this.#again && this.state !== "conflict" && this.state !== "retrying") {
      this.#again = false;
      this.touch();
    }
  }

  async #send(sent: Record<string, unknown>): Promise<void> {
    this.#say("saving", "正在保存……");
    let answer: Answer;
    try {
      answer = await post(this.#options.url, { ...sent, version: this.version });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      answer = { status: 0, ok: false, body: {}, message: "网络连接断了" };
    }
    if (answer.ok) {
      this.#attempt = 0;
      const version = answer.body.version;
      this.version = typeof version === "number" ? version : this.version + 1;
      this.#options.onSaved(sent, answer);
      this.#say("saved", `已保存 ${timeOf(new Date())}`);
    } else if (answer.status === 409 && answer.body.version !== this.version) {
      this.#say("conflict", "另一处刚刚保存过，请选择保留哪一份");
      this.#options.onConflict(answer);
    } else if (passing(answer.status)) {
      const pause = backoff(this.#attempt);
      this.#attempt += 1;
      const why = answer.status === 0 ? "网络断了" : "服务器暂时没有回应";
      this.#say("retrying", `${why}，写的内容暂存在本机，${pause} 秒后再存`);
      this.#schedule(pause * 1000);
    } else {
      this.#attempt = 0;
      this.#say("refused", "没有保存");
      this.#options.onRefused(answer);
    }
  }

  #say(state: SaveState, words: string): void {
    this.state = state;
    this.#options.onState(state, words);
  }
}

function timeOf(moment: Date): string {
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** Ask before the page is left while `owed()` is true. Returns how to stop asking. */
export function guardLeaving(owed: () => boolean): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (!owed()) return;
    event.preventDefault();
    event.returnValue = "还有没保存的内容";
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}

const MARKS: Record<SaveState, string> = {
  clean: "",
  unsaved: "unsaved",
  saving: "saving",
  saved: "saved",
  retrying: "failed",
  refused: "failed",
  conflict: "conflict",
};

/** Shows the state where the page has room for it. */
export function showMark(mark: HTMLElement, state: SaveState, words: string): void {
  mark.classList.add("saved-mark");
  mark.dataset.state = MARKS[state];
  if (mark.textContent !== words) mark.textContent = state === "saved" ? `✓ ${words}` : words;
}
