import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keysAt, placeOf, type Schema, valuesAt } from "../src/book/completion";
import "../src/elements/notice";
import "../src/elements/livecheck";

const SCHEMA: Schema = {
  $defs: {
    Window: {
      properties: {
        opens: {
          oneOf: [{ type: "string", examples: ["2026-04-30 17:00"] }, { pattern: "^待明确 " }],
        },
        late: { oneOf: [{ enum: ["reject", "mark"] }, { type: "string", pattern: "^待明确 " }] },
        cite: { type: "string" },
      },
      required: ["cite", "opens"],
    },
    Host: {
      properties: { role: { type: "string" }, name: { type: "string" } },
      required: ["role"],
    },
  },
  properties: {
    title: { type: "string" },
    windows: { patternProperties: { "^[a-z]+$": { oneOf: [{ $ref: "#/$defs/Window" }] } } },
    hosts: { items: { $ref: "#/$defs/Host" }, type: "array" },
  },
  required: ["title"],
};

function at(text: string) {
  return placeOf(text.replace("|", ""), text.indexOf("|"));
}

describe("where a cursor stands", () => {
  it.each([
    ["ti|", { path: [], key: null, taken: [], word: "ti" }],
    ["title: x\nwi|", { path: [], key: null, taken: ["title"], word: "wi" }],
    [
      "windows:\n  submission:\n    opens: x\n    la|",
      { path: ["windows", "submission"], key: null, taken: ["opens"], word: "la" },
    ],
    [
      "windows:\n  submission:\n    late: re|",
      { path: ["windows", "submission"], key: "late", taken: [], word: "re" },
    ],
    [
      "hosts:\n  - role: x\n    na|",
      { path: ["hosts", "-"], key: null, taken: ["role"], word: "na" },
    ],
    ["hosts:\n  - ro|", { path: ["hosts", "-"], key: null, taken: [], word: "ro" }],
  ])("%j", (text, place) => {
    expect(at(text)).toEqual(place);
  });

  it("leaves braces and comments alone", () => {
    expect(at("hosts: [{role: |")).toBeNull();
    expect(at("# ti|")).toBeNull();
  });
});

describe("what may be written there", () => {
  it("offers keys that are not there yet, those that must be first", () => {
    const labels = keysAt(["windows", "submission"], SCHEMA, ["opens"]).map((each) => each.label);
    expect(labels).toEqual(["cite", "late"]);
  });

  it("offers choices and examples, and no gap", () => {
    expect(valuesAt(["windows", "submission", "late"], SCHEMA).map((each) => each.label)).toEqual([
      "reject",
      "mark",
    ]);
    expect(valuesAt(["windows", "submission", "opens"], SCHEMA)).toEqual([
      { label: "2026-04-30 17:00", detail: "例如" },
    ]);
    expect(keysAt(["hosts", "-"], SCHEMA, []).map((each) => each.label)).toEqual(["role", "name"]);
    expect(valuesAt(["nowhere"], SCHEMA)).toEqual([]);
  });
});

describe("fc-notice", () => {
  beforeEach(() => {
    document.body.innerHTML = `
      <form><input name="v-min"><input name="v-cite" data-cite-field value="旧"></form>
      <fc-notice><p data-hint hidden></p>
        <span class="sentence" data-cite="二 均需报送作品" data-section="二">各科室均需报送作品。</span>
        <p data-said></p></fc-notice>`;
    // Connected with its children in it, as an upgrade in a browser finds them.
    document.body.append(document.querySelector("fc-notice") as HTMLElement);
  });

  const sentence = (): HTMLElement => document.querySelector(".sentence") as HTMLElement;
  const field = (): HTMLInputElement =>
    document.querySelector("[data-cite-field]") as HTMLInputElement;

  it("asks for a rule first", () => {
    sentence().click();
    expect(field().value).toBe("旧");
    expect(document.querySelector("[data-said]")?.textContent).toContain("请先点开一条规则");
  });

  it("writes the sentence into the rule that was touched last, by click or by key", () => {
    const heard = vi.fn();
    field().addEventListener("input", heard);
    document
      .querySelector<HTMLInputElement>("[name=v-min]")
      ?.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
    sentence().dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(field().value).toBe("二 均需报送作品");
    expect(heard).toHaveBeenCalledOnce();
    expect(sentence().getAttribute("role")).toBe("button");
  });
});

describe("fc-livecheck", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    document.body.innerHTML = `<fc-livecheck check-url="/check/"><form>
      <input type="hidden" name="csrfmiddlewaretoken" value="t"><input name="v-min" value="三">
      <span data-verdict></span></form></fc-livecheck>`;
  });
  afterEach(() => vi.useRealTimers());

  it("says the first fault while one types, and sends no token as a value", async () => {
    const body = {
      sound: false,
      waiting: 0,
      problems: [
        { line: 1, path: "x", message: "“三”不是整数", mend: "请写 3。" },
        { line: 2, path: "y", message: "b", mend: "c" },
      ],
    };
    const fetched = vi.fn(
      async (_url: string, _init: RequestInit) =>
        new Response(JSON.stringify(body), { status: 200 }),
    );
    vi.stubGlobal("fetch", fetched);
    document
      .querySelector("input[name=v-min]")
      ?.dispatchEvent(new Event("input", { bubbles: true }));
    await vi.advanceTimersByTimeAsync(700);
    expect(JSON.parse(String(fetched.mock.calls[0]?.[1].body))).toEqual({ "v-min": "三" });
    expect(document.querySelector("[data-verdict]")?.textContent).toBe(
      "“三”不是整数。请写 3。（整份规则书还有 1 处）",
    );
    vi.unstubAllGlobals();
  });
});
