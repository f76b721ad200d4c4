import { DetailedError, type PreviousUpload, Upload } from "tus-js-client";
import { backoff, passing, wordsFor } from "../kit/net";

export type TransferState = "sending" | "paused" | "waiting" | "finishing" | "done" | "refused";

export interface Progress {
  sent: number;
  total: number;
  /** Bytes a second over the last seconds; 0 while unknown. */
  speed: number;
  /** Seconds left; Infinity while unknown. */
  left: number;
}

export interface TransferEvents {
  onState: (state: TransferState, words: string) => void;
  onProgress: (progress: Progress) => void;
  onDone: (url: string, body: string) => void;
}

export interface TransferOptions {
  endpoint: string;
  grant: string;
  /** Where an earlier try stands on the server, to go on from there. */
  uploadUrl?: string | undefined;
  fingerprint: string;
  chunk?: number;
}

// WeChat's browser on Android has lost large requests; small ones lose little.
const CHUNK = (/MicroMessenger/i.test(navigator.userAgent) ? 1 : 8) * 1024 * 1024;
const WINDOW = 8_000;

/** Speed from the last seconds, so that a pause or a stall shows soon and a spike does not. */
export class Meter {
  #samples: { at: number; sent: number }[] = [];

  add(at: number, sent: number): void {
    this.#samples.push({ at, sent });
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > WINDOW)
      this.#samples.shift();
  }

  reset(): void {
    this.#samples = [];
  }

  get speed(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < 300) return 0;
    return Math.max(0, ((last.sent - first.sent) * 1000) / (last.at - first.at));
  }
}

/**
 * One file on its way by tus: goes on by itself after a lost network or a restarted server, for ever,
 * until it is paused or refused. Knows nothing of the page.
 */
export class Transfer {
  state: TransferState = "sending";
  #upload: Upload;
  #events: TransferEvents;
  #meter = new Meter();
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent = 0;
  /** What the server has acknowledged: only that is promised to be kept. */
  #accepted = 0;
  readonly #file: File;
  readonly #online = (): void => this.wake();

  constructor(file: File, options: TransferOptions, events: TransferEvents) {
    this.#file = file;
    this.#events = events;
    this.#upload = new Upload(file, {
      endpoint: options.endpoint,
      uploadUrl: options.uploadUrl ?? null,
      chunkSize: options.chunk ?? CHUNK,
      // We wait and try again ourselves: with words, without end, and at once when the network is back.
      retryDelays: null,
      removeFingerprintOnSuccess: true,
      fingerprint: () => Promise.resolve(options.fingerprint),
      metadata: {
        grant: options.grant,
        filename: file.name,
        filetype: file.type,
        modified: String(file.lastModified),
      },
      onAfterResponse: (request, response) => {
        // Else a gateway's 502 while the server restarts would be taken for "gone" and begin at zero.
        if (request.getMethod() === "HEAD" && passing(response.getStatus())) {
          throw new Error("away");
        }
      },
      onProgress: (sent, total) => this.#progress(sent, total),
      onChunkComplete: (_, accepted) => {
        this.#accepted = accepted;
      },
      onSuccess: ({ lastResponse }) => {
        this.#close();
        this.#say("done", "");
        events.onDone(this.#upload.url ?? "", lastResponse.getBody() ?? "");
      },
      onError: (error) => this.#failed(error),
    });
    window.addEventListener("online", this.#online);
  }

  /** Go on where an earlier try of the same file in this browser stopped. False when there is none. */
  async recall(): Promise<boolean> {
    let earlier: PreviousUpload[] = [];
    try {
      earlier = await this.#upload.findPreviousUploads();
    } catch {
      return false;
    }
    const last = earlier.at(-1);
    if (!last) return false;
    this.#upload.resumeFromPreviousUpload(last);
    return true;
  }

  start(): void {
    this.#meter.reset();
    this.#say("sending", "");
    this.#upload.start();
  }

  async pause(): Promise<void> {
    clearTimeout(this.#timer);
    this.#say("paused", "已暂停，传好的部分都在");
    await this.#upload.abort();
  }

  resume(): void {
    this.#attempt = 0;
    this.start();
  }

  /** Stop for good and let the server forget what it has. */
  async cancel(): Promise<void> {
    this.#close();
    try {
      await this.#upload.abort(true);
    } catch {
      // The server drops it by itself when it expires.
    }
  }

  /** Try at once instead of waiting for the pause to end. */
  wake(): void {
    if (this.state !== "waiting") return;
    clearTimeout(this.#timer);
    this.start();
  }

  #progress(sent: number, total: number): void {
    if (this.state !== "sending" && this.state !== "finishing") return;
    if (sent > this.#sent) this.#attempt = 0;
    this.#sent = sent;
    this.#meter.add(performance.now(), sent);
    const { speed } = this.#meter;
    this.#events.onProgress({
      sent,
      total,
      speed,
      left: speed > 0 ? (total - sent) / speed : Number.POSITIVE_INFINITY,
    });
    if (sent === total && this.state === "sending") {
      this.#say("finishing", "文件已传完，服务器正在核对");
    }
  }

  #failed(error: Error): void {
    if (this.state === "paused") return;
    const response = error instanceof DetailedError ? error.originalResponse : null;
    const status = response?.getStatus() ?? 0;
    // 409: the server has more (or less) than we thought; asking again settles it.
    if (passing(status) || status === 409) {
      const pause = backoff(this.#attempt);
      this.#attempt += 1;
      const done = this.#file.size ? Math.floor((this.#accepted / this.#file.size) * 100) : 0;
      const why = status === 0 ? "网络断了" : "服务器暂时没有回应";
      this.#say(
        "waiting",
        `${why}，已传的 ${done}% 保留着，${pause} 秒后自动接着传（第 ${this.#attempt} 次）`,
      );
      this.#timer = setTimeout(() => this.start(), pause * 1000);
      return;
    }
    this.#close();
    this.#say("refused", wordsFor(status, response?.getBody() ?? ""));
  }

  #close(): void {
    clearTimeout(this.#timer);
    window.removeEventListener("online", this.#online);
  }

  #say(state: TransferState, words: string): void {
    this.state = state;
    this.#events.onState(state, words);
  }
}
