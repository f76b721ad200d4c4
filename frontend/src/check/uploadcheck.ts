/**
 * The check of a chosen file before a byte of it is sent: what its head states, against the demands of
 * its place. It stops what the server would find broken for certain; whatever is not known is sent,
 * and the server looks at all of it again.
 */
import { h, icon } from "../kit/dom";
import { size } from "../kit/words";
import { type Known, look } from "./facts";
import { aboutSides, mending, shape } from "./mending";
import { type Facts, holds, namesIn, type Tree } from "./predicate";
import { measured, type Names, short } from "./wording";

/** One demand as the server writes it (fengcai.web.entrant.selfcheck). */
export interface Demand {
  id: string;
  text: string;
  must: boolean;
  required: string;
  hint: string;
  section: string;
  words: string;
  answer: string;
  /** Whether a person may let it pass, or the head of the file may be wrong about it. */
  way: boolean;
  tree: Tree;
}

/** What a place demands: `others` says of a kind of file why it is none for this place. */
export interface Demands {
  video: boolean;
  others: Record<string, string>;
  names: Names;
  demands: Demand[];
}

export interface Broken {
  demand: Demand;
  measured: string;
  mend: string;
}

export interface Outcome {
  /** One sentence; empty when there is nothing to say. */
  words: string;
  /** Whether the file is held back, and whether it may be sent all the same. */
  stopped: boolean;
  way: boolean;
  broken: Broken[];
}

const NOTHING: Outcome = { words: "", stopped: false, way: false, broken: [] };

/** Look at a file and judge it. */
export async function check(file: File, demands: Demands): Promise<Outcome> {
  return judged(await look(file), demands);
}

/** What is to be said of a file of which this much is known. */
export function judged({ kind, facts, trouble, missing }: Known, demands: Demands): Outcome {
  const other = demands.others[kind];
  if (other) return { ...NOTHING, words: `${other}没有上传。`, stopped: true };
  const mends = new Set<string>();
  const broken = demands.demands
    .filter((demand) => holds(demand.tree, facts) === false)
    .map((demand) => {
      const names = namesIn(demand.tree);
      const mend = mending(demand.tree, names, facts, demands.video);
      const told = mends.has(mend);
      mends.add(mend);
      return {
        demand,
        measured: measured(names, facts, demands.names),
        // What was said already, or better by the rulebook, is not said again.
        mend: told || (demand.hint && !aboutSides(names)) ? "" : mend,
      };
    });
  const musts = broken.filter((each) => each.demand.must);
  if (musts.length) {
    return {
      words: `${lead(musts, facts, demands.video)}有 ${musts.length} 项不符合通知要求。没有上传，文件还在您的设备上。`,
      stopped: true,
      way: musts.every((each) => each.demand.way),
      broken: [...musts, ...broken.filter((each) => !each.demand.must)],
    };
  }
  const words = troubled(trouble, missing) || unplayable(facts);
  if (words || broken.length === 0) return { ...NOTHING, words, broken };
  return {
    ...NOTHING,
    words: `可以上传，有 ${broken.length} 项与通知的建议不一致，改好后可以再换。`,
    broken,
  };
}

/** No rule asks for it, and yet a reviewer at an office computer may see no picture. */
function unplayable(facts: Facts): string {
  if (facts.get("video_codec") !== "hevc") return "";
  return "这个视频用 HEVC（H.265）编码，不少电脑的浏览器放不出画面，审核和评审时可能看不到。可以上传；最好先用剪映等剪辑软件按 H.264 重新导出再传。";
}

function lead(musts: Broken[], facts: Facts, video: boolean): string {
  const [width, height] = [facts.get("width"), facts.get("height")];
  const turned = musts.some(({ demand }) => namesIn(demand.tree).includes("width"));
  if (!video || !turned || typeof width !== "object" || typeof height !== "object") {
    return "这个文件";
  }
  return `这是${shape(facts)}视频（${short(width)}×${short(height)}），`;
}

function troubled(trouble: Known["trouble"], missing: number): string {
  if (trouble === "no_index") {
    return "这个视频缺少索引，多半没有导出完或没有拷贝完，可能播放不了。仍在上传，由系统检查；您也可以先取消，确认能完整播放后再选。";
  }
  if (trouble !== "truncated") return "";
  const much = missing < 2 ** 50 ? `（少 ${size(missing)}）` : "";
  return `这个视频的末尾缺了一部分${much}，多半没有导出完或没有拷贝完。仍在上传，由系统检查；您也可以先取消，重新导出后再选。`;
}

/** What is to be seen under the upload: what was found, why, how it is mended; null for nothing. */
export function report(outcome: Outcome, anyway: () => void): HTMLElement | null {
  const { words, stopped, way, broken } = outcome;
  if (!words) return null;
  const parts: Node[] = [];
  if (!stopped) parts.push(h("p", { class: "upload-told" }, icon("alert"), h("span", {}, words)));
  if (broken.length) {
    parts.push(
      h("ul", { class: "findings", "aria-label": "上传前核对出的问题" }, ...broken.map(finding)),
    );
  }
  if (stopped && broken.length) {
    const rest =
      "这里只看文件开头的信息；画面、声音等其余各项，上传后由系统检查。确认文件没有问题的，请联系组织者。";
    parts.push(h("p", { class: "fine" }, rest));
  }
  if (stopped && way) {
    const button = h("button", { type: "button", class: "button quiet" }, "仍要上传");
    button.addEventListener("click", anyway, { once: true });
    const why = h("span", { class: "hint" }, "由系统细查，再由审核人员判断");
    parts.push(h("div", { class: "actions" }, button, why));
  }
  return parts.length ? h("div", { class: "upload-found" }, ...parts) : null;
}

function finding({ demand, measured: found, mend }: Broken): HTMLElement {
  const sign = demand.must ? "fail" : "alert";
  const said = demand.must ? "不符合" : "建议改进";
  return h(
    "li",
    {
      class: "finding",
      "data-verdict": "fail",
      "data-severity": demand.must ? "must" : "should",
    },
    icon(sign),
    h(
      "div",
      { class: "finding-text" },
      h("span", { class: "finding-name" }, demand.text),
      h(
        "dl",
        { class: "finding-compare" },
        h("dt", {}, "实测"),
        h("dd", {}, found),
        h("dt", {}, "要求"),
        h("dd", {}, demand.required),
        ...(mend || demand.hint
          ? [h("dt", {}, "怎么改"), h("dd", {}, `${mend}${demand.hint}`)]
          : []),
      ),
    ),
    h(
      "div",
      { class: "finding-side" },
      h("span", { class: "badge", "data-tone": demand.must ? "fail" : "doubt" }, icon(sign), said),
      clause(demand),
    ),
  );
}

/** The chip of a clause, as the server draws it (shared/_cite.html). */
function clause({ section, words, answer }: Demand): HTMLElement {
  return h(
    "details",
    { class: "cite" },
    h("summary", {}, sheet(), `依据${section}`),
    h(
      "div",
      { class: "cite-words" },
      `“${words}”`,
      h("small", {}, answer ? `通知未写明之处由组织者答复：${answer}` : "通知原文"),
    ),
  );
}

/** The server's icon of a clause; no other script draws it. */
function sheet(): SVGSVGElement {
  const drawn = icon("info");
  drawn.innerHTML =
    '<path d="M7 3.5h10.5v17H7a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2Z"/><path d="M5 18.5a2 2 0 0 1 2-2h10.5M9 8h5m-5 3.4h5"/>';
  return drawn;
}
