import { toast } from "./toasts";

/** Small manners of every page, by attributes; each works on what htmx brings later too. */

const YEAR = 31_536_000;

function switchTheme(): void {
  const root = document.documentElement;
  const dark =
    root.dataset.theme === "dark" ||
    (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const next = dark ? "light" : "dark";
  root.dataset.theme = next;
  // biome-ignore lint/suspicious/noDocumentCookie: the server draws the theme, and chrome109's cookieStore needs HTTPS.
  document.cookie = `fengcai_theme=${next};path=/;max-age=${YEAR};samesite=lax`;
}

async function copy(text: string): Promise<void> {
  // The clipboard is only there in a secure context; an intranet often is none.
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  toast("已复制");
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  for (const open of document.querySelectorAll<HTMLDetailsElement>("details.cite[open]")) {
    if (!open.contains(target)) open.open = false;
  }
  const actor = target.closest<HTMLElement>(
    "[data-theme-switch], [data-dialog], [data-dialog-close], [data-toast], [data-copy], [data-print]",
  );
  if (!actor) return;
  if (actor.hasAttribute("data-theme-switch")) switchTheme();
  if (actor.hasAttribute("data-dialog-close")) actor.closest("dialog")?.close();
  if (actor.hasAttribute("data-print")) window.print();
  const { dialog, toast: words, copy: text } = actor.dataset;
  if (words) toast(words);
  if (text) void copy(text);
  if (dialog) {
    const box = document.getElementById(dialog);
    if (box instanceof HTMLDialogElement) box.showModal();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll<HTMLDetailsElement>("details.cite[open]")) {
    open.open = false;
    open.querySelector("summary")?.focus();
  }
});

/** `data-check-all="name"` ticks all boxes of that name; `data-checked-count="name"` says how many. */
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  const name = box.dataset.checkAll ?? box.name;
  if (!name) return;
  const boxes = [...document.querySelectorAll<HTMLInputElement>("input[type=checkbox]")].filter(
    (one) => one.name === name && !one.disabled,
  );
  if (box.dataset.checkAll) for (const one of boxes) one.checked = box.checked;
  const count = boxes.filter((one) => one.checked).length;
  for (const place of document.querySelectorAll<HTMLElement>("[data-checked-count]")) {
    if (place.dataset.checkedCount === name) place.textContent = String(count);
  }
  for (const all of document.querySelectorAll<HTMLInputElement>("[data-check-all]")) {
    if (all.dataset.checkAll !== name) continue;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
});

/** A form that came back with errors puts the reader at its summary. */
function focusSummary(): void {
  document.querySelector<HTMLElement>("[data-focus]")?.focus();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", focusSummary);
else focusSummary();
