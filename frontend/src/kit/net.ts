/** What our own addresses answer: the status and the JSON body, or what is told when there is none. */
export interface Answer {
  status: number;
  ok: boolean;
  body: Record<string, unknown>;
  message: string;
}

/** The network did not carry the request; nothing is known of whether the server saw it. */
export class Unreachable extends Error {}

/** The token that Django wants beside the cookie. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Sends JSON to one of our addresses. Rejects with `Unreachable` only. */
export async function post(url: string, body: unknown): Promise<Answer> {
  return ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
    body: JSON.stringify(body),
  });
}

/** Asks one of our addresses for JSON. Rejects with `Unreachable` only. */
export async function get(url: string): Promise<Answer> {
  return ask(url, { method: "GET", headers: {} });
}

async function ask(
  url: string,
  request: RequestInit & { headers: Record<string, string> },
): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...request,
      credentials: "same-origin",
      headers: { ...request.headers, Accept: "application/json" },
    });
    text = await response.text();
  } catch {
    throw new Unreachable("网络连接断了");
  }
  if (
    response.redirected &&
    new URL(response.url).pathname !== new URL(url, document.baseURI).pathname
  ) {
    return { status: 401, ok: false, body: {}, message: wordsFor(401, "") };
  }
  return {
    status: response.status,
    ok: response.ok,
    body: parse(text),
    message: wordsFor(response.status, text),
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

/** The server's own sentence when it sent one (JSON `message`, or short plain Chinese), else ours. */
export function wordsFor(status: number, text: string): string {
  const message = parse(text).message;
  if (typeof message === "string" && message) return message;
  const plain = text.trim();
  if (
    plain.length > 0 &&
    plain.length < 300 &&
    !plain.startsWith("<") &&
    /[\u4e00-\u9fff]/.test(plain)
  ) {
    return plain;
  }
  if (status === 401) return "登录已失效，请在新标签页重新登录后再试。这里的内容都还在。";
  if (status === 403)
    return "没有权限，或登录已失效。请在新标签页重新登录后再试，这里的内容都还在。";
  if (status === 404) return "没有找到对应的内容，可能已被撤下。请刷新页面查看。";
  if (status === 413) return "内容太大，服务器没有接收。";
  if (status === 429) return "操作太频繁，请稍等片刻再试。";
  if (status >= 500) return "服务器暂时出了问题，没有保存这一步。";
  return "服务器没有接受这次操作，请刷新页面后再试。";
}

/** Whether to try the same request again later: the server is away or overloaded, not refusing. */
export function passing(status: number): boolean {
  return status === 0 || status === 408 || status === 423 || status === 429 || status >= 500;
}

const DELAYS = [1, 2, 4, 8, 15, 30];

/** Seconds to wait before the `attempt`-th retry (from 0); half a minute at most, for ever. */
export function backoff(attempt: number): number {
  return DELAYS[Math.min(attempt, DELAYS.length - 1)] ?? 30;
}
