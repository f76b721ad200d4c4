import { h, icon } from "../kit/dom";

/** Something that two people wrote differently. */
export interface Difference {
  label: string;
  mine: string;
  theirs: string;
  keep: () => void;
  take: () => void;
}

/** Both texts of every difference with a button each; `done` when all are decided. */
export function conflictPanel(
  words: string,
  differences: Difference[],
  done: () => void,
): HTMLElement {
  let open = differences.length;
  const panel = h(
    "div",
    { class: "conflict", role: "alert", tabindex: "-1" },
    h("p", {}, icon("alert"), ` ${words}`),
  );
  for (const one of differences) {
    const row = h("div", { role: "group", "aria-label": one.label }, h("h4", {}, one.label));
    const side = (title: string, text: string, label: string, accept: () => void): HTMLElement => {
      const button = h("button", { type: "button", class: "button compact" }, label);
      button.addEventListener("click", () => {
        accept();
        row.remove();
        open -= 1;
        if (open === 0) done();
      });
      return h(
        "div",
        {},
        h("span", { class: "hint" }, title),
        h("pre", { class: "conflict-text" }, text || "（空）"),
        button,
      );
    };
    row.append(
      h(
        "div",
        { class: "conflict-pair" },
        side("我的", one.mine, "用我的", one.keep),
        side("对方的", one.theirs, "用对方的", one.take),
      ),
    );
    panel.append(row);
  }
  return panel;
}
