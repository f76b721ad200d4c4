import { h, icon } from "../kit/dom";

/** Says something for a few seconds; an error stays until it is closed. */
export function toast(message: string, kind: "info" | "error" = "info"): void {
  const place = document.querySelector<HTMLElement>("[data-toasts]");
  if (!place || !message) return;
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "关闭提示" },
    icon("close"),
  );
  const slip = h(
    "div",
    { class: "toast" },
    icon(kind === "error" ? "alert" : "info"),
    h("span", {}, message),
    close,
  );
  close.addEventListener("click", () => slip.remove());
  place.append(slip);
  if (kind === "info") setTimeout(() => slip.remove(), 6000);
}
