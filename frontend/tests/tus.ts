import { vi } from "vitest";

type Fault = { method: string; status: number; body?: string };

/**
 * A tus 1.0 server behind XMLHttpRequest: creation, HEAD, PATCH and DELETE on files in memory.
 *
 * `faults` are played in order, each at the first request of its method; status 0 is a lost network.
 * A PATCH that meets a fault keeps half of its bytes, as a cut connection does.
 */
export class TusServer {
  files = new Map<string, { length: number; bytes: Uint8Array; metadata: string }>();
  faults: Fault[] = [];
  log: string[] = [];
  /** While true, a PATCH takes its bytes and never answers. */
  hang = false;

  install(): this {
    const server = this;
    class Xhr {
      status = 0;
      responseText = "";
      withCredentials = false;
      upload: { onprogress?: (event: unknown) => void } = {};
      onload?: () => void;
      onerror?: (error: unknown) => void;
      #method = "";
      #url = "";
      #sent: Record<string, string> = {};
      #got: Record<string, string> = {};
      #aborted = false;
      open(method: string, url: string): void {
        this.#method = method;
        this.#url = new URL(url, "http://fengcai.test/").pathname;
      }
      setRequestHeader(name: string, value: string): void {
        this.#sent[name] = value;
      }
      getResponseHeader(name: string): string | null {
        return this.#got[name] ?? null;
      }
      abort(): void {
        this.#aborted = true;
      }
      send(body?: Blob): void {
        void this.#answer(body);
      }
      async #answer(body?: Blob): Promise<void> {
        const bytes = body ? new Uint8Array(await body.arrayBuffer()) : new Uint8Array();
        if (this.#aborted) return;
        const at = server.faults.findIndex((fault) => fault.method === this.#method);
        const fault = at >= 0 ? server.faults.splice(at, 1)[0] : undefined;
        const reply = server.reply(this.#method, this.#url, this.#sent, bytes, fault !== undefined);
        if (reply === null) return;
        this.#got = reply.headers;
        this.status = fault?.status ?? reply.status;
        this.responseText = fault?.body ?? "";
        server.log.push(`${this.#method} ${this.status}`);
        if (this.status === 0) this.onerror?.(new Error("offline"));
        else {
          this.upload.onprogress?.({ lengthComputable: true, loaded: bytes.length });
          this.onload?.();
        }
      }
    }
    vi.stubGlobal("XMLHttpRequest", Xhr);
    return this;
  }

  reply(
    method: string,
    path: string,
    sent: Record<string, string>,
    bytes: Uint8Array,
    cut: boolean,
  ): { status: number; headers: Record<string, string> } | null {
    if (method === "POST") {
      if (cut) return { status: 0, headers: {} };
      const url = `/uploads/${this.files.size + 1}`;
      this.files.set(url, {
        length: Number(sent["Upload-Length"]),
        bytes: new Uint8Array(),
        metadata: sent["Upload-Metadata"] ?? "",
      });
      return { status: 201, headers: { Location: url } };
    }
    const file = this.files.get(path);
    if (!file) return { status: 404, headers: {} };
    if (method === "DELETE") {
      this.files.delete(path);
      return { status: 204, headers: {} };
    }
    if (method === "PATCH") {
      const kept = cut ? bytes.slice(0, bytes.length / 2) : bytes;
      file.bytes = new Uint8Array([...file.bytes, ...kept]);
      if (this.hang) return null;
    }
    return {
      status: method === "HEAD" ? 200 : 204,
      headers: { "Upload-Offset": String(file.bytes.length), "Upload-Length": String(file.length) },
    };
  }

  text(url = "/uploads/1"): string {
    return new TextDecoder().decode(this.files.get(url)?.bytes);
  }
}
