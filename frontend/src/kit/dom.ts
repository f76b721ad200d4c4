/** Builds elements without a template language: `h("p", { class: "hint" }, "文字")`. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number | boolean> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

const SHAPES: Record<string, string> = {
  pass: '<circle cx="12" cy="12" r="9"/><path d="m7.8 12.4 2.9 2.9 5.6-6.2"/>',
  fail: '<circle cx="12" cy="12" r="9"/><path d="m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4"/>',
  alert: '<path d="M12 3.8 2.9 19.6h18.2Z"/><path d="M12 10v4.4m0 2.6v.1"/>',
  info: '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.4m0-8.9v.1"/>',
  play: '<path data-solid d="M8 5.2v13.6L19 12Z"/>',
  pause: '<path data-solid d="M7 5.2h3.6v13.6H7Zm6.4 0H17v13.6h-3.6Z"/>',
  close: '<path d="m6 6 12 12m0-12L6 18"/>',
  plus: '<path d="M12 5v14m-7-7h14"/>',
  minus: '<path d="M5 12h14"/>',
  up: '<path d="M12 19V5.5m-5.5 5.5L12 5.5l5.5 5.5"/>',
  sound:
    '<path d="M4.5 9.5v5h3.2l4.3 3.8V5.7L7.7 9.5Z"/><path d="M15.3 9.2a4 4 0 0 1 0 5.6m2.6-8.2a7.6 7.6 0 0 1 0 10.8"/>',
  mute: '<path d="M4.5 9.5v5h3.2l4.3 3.8V5.7L7.7 9.5Z"/><path d="m16 9.8 4.4 4.4m0-4.4L16 14.2"/>',
  fullscreen: '<path d="M4.5 9.5v-5h5m5 0h5v5m0 5v5h-5m-5 0h-5v-5"/>',
  retry: '<path d="M4 5v4.5h4.5"/><path d="M4.6 9.4A8.4 8.4 0 1 1 3.6 13"/>',
};

/** One of the drawn icons, hidden from screen readers: a word stands beside it. */
export function icon(name: keyof typeof SHAPES): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.innerHTML = SHAPES[name] ?? "";
  return svg;
}

/** Whether the person is typing, so that single keys must not act. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "submit", "reset", "file", "image", "range"].includes(
      target.type,
    )
  );
}
