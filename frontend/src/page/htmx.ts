import htmx from "htmx.org";
import { csrfToken, wordsFor } from "../kit/net";
import { toast } from "./toasts";

// No eval, no inline style: a strict Content-Security-Policy holds. No page is kept in the browser's
// storage: several people share the office's machine.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.scrollIntoViewOnBoost = false;
// By default `style`, too, is carried from an old element to its successor: as an attribute, which
// the policy refuses.
htmx.config.attributesToSettle = ["class"];

interface Detail {
  headers: Record<string, string>;
  xhr: XMLHttpRequest;
}

document.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent<Detail>).detail.headers["X-CSRFToken"] = csrfToken();
});

/** An element asks for a part of the page anew: `fc:refresh` with `{url, target}`. */
document.addEventListener("fc:refresh", (event) => {
  const { url, target } = (event as CustomEvent<{ url: string; target: string }>).detail;
  void htmx.ajax("get", url, { target, swap: "outerHTML" });
});

/** An element has fetched a part of the page anew: `fc:swap` with `{html, target}`. */
document.addEventListener("fc:swap", (event) => {
  const { html, target } = (event as CustomEvent<{ html: string; target: string }>).detail;
  if (document.querySelector(target)) {
    htmx.swap(target, html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 20 });
  }
});

document.addEventListener("htmx:sendError", () => {
  toast("网络连接断了，刚才这一步没有完成。已保存的内容都在，请稍后再试。", "error");
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent<Detail>).detail;
  // A refusal brings its own words in HX-Trigger.
  if (xhr.getResponseHeader("HX-Trigger")) return;
  toast(wordsFor(xhr.status, xhr.responseText), "error");
});

document.addEventListener("toast", (event) => {
  const { message, kind } = (event as CustomEvent<{ message?: string; kind?: string }>).detail;
  if (message) toast(message, kind === "error" ? "error" : "info");
});
