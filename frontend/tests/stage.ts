import { vi } from "vitest";

/** One request that a page made, as the test saw it. */
export interface Asked {
  url: string;
  method: string;
  body: Record<string, unknown>;
}

type Reply = { status: number; body?: unknown } | "offline";

/** A server that answers what it is told to, in order; the last answer repeats. Returns what was asked. */
export function server(...replies: Reply[]): Asked[] {
  const asked: Asked[] = [];
  let next = 0;
  vi.stubGlobal("fetch", async (url: string, request: RequestInit = {}) => {
    asked.push({
      url,
      method: request.method ?? "GET",
      body: request.body ? JSON.parse(String(request.body)) : {},
    });
    const reply = replies[Math.min(next, replies.length - 1)];
    next += 1;
    if (reply === undefined || reply === "offline") throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify(reply.body ?? {}), { status: reply.status });
  });
  return asked;
}

/** Puts markup into the page and gives its first element. */
export function page<T extends HTMLElement>(markup: string): T {
  // Apart first, then in: an element meets its children as it does in a browser.
  const apart = document.createElement("div");
  apart.innerHTML = markup;
  document.body.replaceChildren(...apart.childNodes);
  return document.body.firstElementChild as T;
}

export function find<T extends Element = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

export function type(selector: string, text: string): void {
  const field = find<HTMLInputElement | HTMLTextAreaElement>(selector);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function button(text: string): HTMLButtonElement {
  const found = [...document.querySelectorAll("button")].find((one) => one.textContent === text);
  if (!found) throw new Error(`no button says ${text}`);
  return found;
}

/** Whether the browser would ask before leaving. */
export function asksBeforeLeaving(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}
