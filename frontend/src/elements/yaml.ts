import { autocompletion, type CompletionContext, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, insertTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { keysAt, placeOf, type Schema, valuesAt } from "../book/completion";
import { h } from "../kit/dom";
import { get, post, Unreachable } from "../kit/net";
import { guardLeaving } from "../kit/saver";

interface Problem {
  line: number;
  message: string;
  mend: string;
}

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent-strong)" },
  { tag: tags.comment, color: "var(--ink-2)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--ink)" },
]);

/** The editor lives in a shadow tree (see below), which our own sheets do not reach. */
const LOOK = EditorView.theme({
  "&": {
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
    borderRadius: "var(--radius)",
    fontSize: "var(--t-14)",
    maxHeight: "75vh",
  },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-content": { fontFamily: "var(--mono)", caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--ink-2)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--accent-wash)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--note-wash)",
  },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-wash)",
    color: "var(--ink)",
  },
});

const WORDS = {
  Find: "查找",
  Replace: "替换",
  next: "下一处",
  previous: "上一处",
  all: "全部",
  "match case": "区分大小写",
  regexp: "正则表达式",
  "by word": "整词",
  replace: "替换",
  "replace all": "全部替换",
  close: "关闭",
  "Fold line": "折叠",
  "Unfold line": "展开",
  Completions: "可以写",
  Diagnostics: "问题",
  "No diagnostics": "没有问题",
};

/**
 * `<fc-yaml check-url schema-url>` around a textarea: an editor with the language's completion and the
 * live check's problems beside their lines. The textarea stays what is sent; without script it is all.
 */
export class YamlText extends HTMLElement {
  #view: EditorView | null = null;
  #schema: Schema | null = null;
  #first = "";
  #sending = false;
  #leave: (() => void) | null = null;

  connectedCallback(): void {
    const area = this.querySelector("textarea");
    if (!area || this.#view) return;
    this.#first = area.value;
    const form = area.form;
    const name = document.querySelector(`label[for="${area.id}"]`)?.textContent ?? "文本";
    // In a shadow tree the editor's styles are adopted sheets. In the page they would be a <style>
    // element, which the strict policy refuses.
    const place = h("div");
    const shadow = place.attachShadow({ mode: "open" });
    this.#view = new EditorView({
      root: shadow,
      parent: shadow,
      state: EditorState.create({
        doc: area.value,
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentUnit.of("  "),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          yaml(),
          syntaxHighlighting(COLOURS),
          LOOK,
          autocompletion({ override: [(context) => this.#offer(context)], icons: false }),
          lintGutter(),
          linter((view) => this.#problems(view), { delay: 700 }),
          // Tab would be a fault in YAML; and Escape, then Tab, must leave the editor.
          keymap.of([
            {
              key: "Mod-s",
              run: () => {
                form?.requestSubmit();
                return true;
              },
            },
            { key: "Tab", run: insertTab, shift: indentLess },
            ...searchKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorState.phrases.of(WORDS),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": name }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) area.value = update.state.doc.toString();
          }),
        ],
      }),
    });
    this.#view.scrollDOM.tabIndex = 0; // what scrolls can be scrolled by keys
    area.hidden = true;
    this.append(place, h("p", { class: "hint" }, "Ctrl+S 保存；先按 Esc 再按 Tab 离开文本框。"));
    form?.addEventListener("submit", () => {
      this.#sending = true;
    });
    this.#leave = guardLeaving(() => !this.#sending && area.value !== this.#first);
    void this.#learn();
  }

  disconnectedCallback(): void {
    this.#leave?.();
    this.#view?.destroy();
    this.#view = null;
  }

  /** The text as it stands in the editor. */
  get text(): string {
    return this.#view?.state.doc.toString() ?? "";
  }

  async #learn(): Promise<void> {
    const url = this.getAttribute("schema-url");
    if (!url) return;
    try {
      const answer = await get(url);
      if (answer.ok) this.#schema = answer.body as Schema;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  #offer(context: CompletionContext) {
    if (!this.#schema) return null;
    const place = placeOf(context.state.doc.toString(), context.pos);
    if (!place || (!context.explicit && place.word === "" && place.key === null)) return null;
    const offers = place.key
      ? valuesAt([...place.path, place.key], this.#schema)
      : keysAt(place.path, this.#schema, place.taken);
    return offers.length ? { from: context.pos - place.word.length, options: offers } : null;
  }

  async #problems(view: EditorView): Promise<Diagnostic[]> {
    const url = this.getAttribute("check-url");
    if (!url) return [];
    let answer: Awaited<ReturnType<typeof post>>;
    try {
      answer = await post(url, { text: view.state.doc.toString() });
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.#tell("网络断了，暂时不能检查；内容还在。", []);
      return [];
    }
    if (!answer.ok) {
      this.#tell(answer.message, []);
      return [];
    }
    const problems = (answer.body.problems ?? []) as Problem[];
    const waiting = Number(answer.body.waiting ?? 0);
    const open = waiting ? `，${waiting} 个问题待答复` : "";
    this.#tell(
      problems.length ? `有 ${problems.length} 处要改；也可以先保存。` : `没有发现问题${open}。`,
      problems,
    );
    return problems.map((problem) => {
      const line = view.state.doc.line(Math.min(Math.max(problem.line, 1), view.state.doc.lines));
      const start = line.from + (line.text.length - line.text.trimStart().length);
      return {
        from: start,
        to: line.to,
        severity: "error",
        message: `${problem.message}。${problem.mend}`,
      };
    });
  }

  /** The words below the text and the list of problems say the same as the marks in it. */
  #tell(words: string, problems: Problem[]): void {
    const form = this.closest("form");
    const place = form?.querySelector<HTMLElement>("[data-verdict]");
    if (place && place.textContent !== words) place.textContent = words;
    const section = document.querySelector<HTMLElement>("[data-problems]");
    const list = section?.querySelector<HTMLElement>("[data-problem-list]");
    if (!section || !list) return;
    section.hidden = problems.length === 0;
    list.replaceChildren(
      ...problems.map((problem) =>
        h(
          "li",
          {},
          h("p", {}, `第 ${problem.line} 行：${problem.message}`),
          h("p", { class: "fine" }, problem.mend),
        ),
      ),
    );
  }
}

customElements.define("fc-yaml", YamlText);
