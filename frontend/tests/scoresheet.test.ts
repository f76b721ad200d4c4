import { beforeEach, describe, expect, test, vi } from "vitest";
import "../src/elements/scoresheet";
import { asksBeforeLeaving, button, find, page, server, type } from "./stage";

const row = (id: string, name: string, value = "", extra = ""): string =>
  `<div class="score-row"><label for="${id}">${name}</label><div class="score-input">
   <input id="${id}" name="${id}" type="number" min="0" max="20" step="0.1" value="${value}" ${extra}></div></div>`;
const sheet = (rows: string): string =>
  `<fc-scoresheet save-url="/marks/" version="3" draft-key="w1"><form>${rows}
   <textarea name="comment"></textarea><output data-total></output><span data-saved></span></form></fc-scoresheet>`;
const TWO = sheet(row("topic", "主题契合度", "0.1") + row("content", "内容充实度", "0.2"));

const total = (): string | null => find("[data-total]").textContent;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  return () => {
    document.body.innerHTML = "";
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

describe("fc-scoresheet", () => {
  test("adds up exactly, where floats would not", () => {
    page(TWO);
    expect(total()).toBe("0.3");
  });

  test("weights count, and an empty sheet has no total", () => {
    page(sheet(row("a", "甲", "18.5", 'data-weight="0.15"') + row("b", "乙")));
    expect(total()).toBe("2.775");
    page(sheet(row("a", "甲")));
    expect(total()).toBe("—");
  });

  test("sends all marks that stand, with the version, and shows that they are saved", async () => {
    const asked = server({ status: 200, body: { version: 4 } });
    page(TWO);
    type("#topic", "18.50");
    expect(asksBeforeLeaving()).toBe(true);
    await vi.advanceTimersByTimeAsync(400);
    expect(asked).toEqual([
      {
        url: "/marks/",
        method: "POST",
        body: { version: 3, values: { topic: "18.5", content: "0.2" }, comment: "" },
      },
    ]);
    expect(find("[data-saved]").textContent).toMatch(/^✓ 已保存/);
    expect(asksBeforeLeaving()).toBe(false);
  });

  test("a mark given before the script came is saved; a wrong one says so", async () => {
    const asked = server({ status: 200, body: { version: 4 } });
    const apart = document.createElement("div");
    apart.innerHTML = TWO;
    for (const [id, mark] of [
      ["topic", "19"],
      ["content", "21"],
    ]) {
      const input = apart.querySelector<HTMLInputElement>(`#${id}`);
      if (input && mark) input.value = mark;
    }
    document.body.replaceChildren(...apart.childNodes);
    expect(asksBeforeLeaving()).toBe(true);
    await vi.advanceTimersByTimeAsync(400);
    expect(asked.map((one) => one.body)).toEqual([
      { version: 3, values: { topic: "19" }, comment: "" },
    ]);
    expect(find(".score-error:not([hidden])").textContent).toBe(
      "应在 0 到 20 分之间，这一项还没有保存",
    );
  });

  test.each([
    ["20.1", "应在 0 到 20 分之间，这一项还没有保存"],
    ["1.25", "以 0.1 分为一档，这一项还没有保存"],
  ])("%s is refused in words and not sent", async (mark, words) => {
    const asked = server({ status: 200, body: { version: 4 } });
    page(TWO);
    type("#topic", mark);
    await vi.advanceTimersByTimeAsync(400);
    expect(find(".score-error").textContent).toBe(words);
    expect(asked[0]?.body.values).toEqual({ content: "0.2" });
    expect(total()).toBe("0.2");
    expect(find("[data-saved]").textContent).toBe("其余已保存，有一项还没有");
    expect(asksBeforeLeaving()).toBe(true);
  });

  test("a step button moves by exactly one step and stops at the bound", () => {
    page(TWO);
    const [less, more] = document.querySelectorAll<HTMLButtonElement>(".score-input button");
    more?.click();
    more?.click();
    expect(find<HTMLInputElement>("#topic").value).toBe("0.3");
    for (let i = 0; i < 9; i += 1) less?.click();
    expect(find<HTMLInputElement>("#topic").value).toBe("0");
  });

  test("keys lead to a criterion and on to the next", () => {
    page(TWO);
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true }));
    expect(document.activeElement?.id).toBe("content");
    find("#topic").focus();
    find("#topic").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(document.activeElement?.id).toBe("content");
    find("#topic").focus();
    find("#topic").dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true }));
    expect(document.activeElement?.id).toBe("topic");
  });

  test("another device's marks are shown beside mine; I choose", async () => {
    const asked = server(
      {
        status: 409,
        body: {
          message: "另一处保存过。",
          version: 6,
          current: { values: { topic: "9" }, comment: "好" },
        },
      },
      { status: 200, body: { version: 7 } },
    );
    page(TWO);
    type("#topic", "10");
    await vi.advanceTimersByTimeAsync(400);
    expect([...document.querySelectorAll(".conflict td")].map((cell) => cell.textContent)).toEqual([
      "10",
      "9",
      "0.2",
      "未评",
    ]);
    button("用我的").click();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked[1]?.body).toEqual({
      version: 6,
      values: { topic: "10", content: "0.2" },
      comment: "",
    });
  });

  test("the server's word on a mark stands beside it", async () => {
    server({
      status: 422,
      body: { message: "有的分数没有保存。", fields: { topic: "本轮已封存" } },
    });
    page(TWO);
    type("#topic", "5");
    await vi.advanceTimersByTimeAsync(400);
    expect(find(".score-error").textContent).toBe("本轮已封存，这一项还没有保存");
    expect(find("[data-saved]").textContent).toBe("有的分数没有保存。");
  });

  test("marks that never reached the server come back after a reload", async () => {
    localStorage.setItem(
      "fengcai:marks:w1",
      JSON.stringify({ version: 3, values: { topic: "7" }, comment: "稳" }),
    );
    const asked = server({ status: 200, body: { version: 4 } });
    page(TWO);
    expect(find<HTMLTextAreaElement>("[name=comment]").value).toBe("稳");
    await vi.advanceTimersByTimeAsync(400);
    expect(asked[0]?.body).toEqual({ version: 3, values: { topic: "7" }, comment: "稳" });
  });
});
