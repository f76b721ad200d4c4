/** What people do in their editing program so that a demand is kept; no rule stands here. */
import { compare, fraction } from "./fraction";
import { type Fact, type Facts, holds, known, type Tree } from "./predicate";

const EDITOR = "剪映等剪辑软件";
const BY_FACT: Record<string, string> = {
  container: `请在${EDITOR}里选择通知要求的格式重新导出；只改文件后缀不算。`,
  video_codec: "导出时请把视频编码选为通知要求的一种（H.264 在有的软件里写作 AVC）。",
  audio_codec: "导出时请把音频编码选为通知要求的一种。",
  fps: "请用通知要求的帧率导出；拍摄时就不够的，补帧不算，需要重拍。",
  constant_frame_rate: `手机直接拍的视频帧率常有起伏，请放进${EDITOR}里按固定帧率导出。`,
  duration: "请按要求的时长剪好后重新导出。",
  has_audio: "这个文件没有声音轨。请检查剪辑时声音有没有被静音或分离，再重新导出。",
  has_subtitle_track: `可以在${EDITOR}里识别字幕，校对后一起导出。`,
  bitrate: "请在导出设置里调整码率后重新导出。",
  faststart: `请用${EDITOR}重新导出一次，并勾选“适合网络播放”一类的选项。`,
  size: "请在导出设置里调整码率或尺寸，让文件大小符合要求。",
  filename: "请按要求改好文件名再选。",
};
const SIDES = ["width", "height", "long_edge", "short_edge", "aspect", "rotation"];

/** Whether a demand is about the picture's sides. */
export function aboutSides(names: string[]): boolean {
  return names.some((name) => SIDES.includes(name));
}

/** How a broken demand is mended; empty where nothing general can be said. */
export function mending(tree: Tree, names: string[], facts: Facts, film: boolean): string {
  const [name] = names.filter((each) => part(tree, each, facts) === false);
  const about = name ?? names[0] ?? "";
  if (!SIDES.includes(about)) return BY_FACT[about] ?? "";
  if (!film) return "请换一张像素够的原图；截图、微信转发的图和放大的图都不算。";
  if (holds(tree, onItsSide(facts)) === true) {
    return shape(facts) === "竖屏"
      ? `画面方向不对。请把手机横过来重拍；已经拍好的，请在${EDITOR}里把画布改为横屏（16:9）排好后重新导出。`
      : `画面方向不对。请在${EDITOR}里把画布改为竖屏排好后重新导出。`;
  }
  return shape(facts) === "竖屏" && holds(tree, wide(facts)) === true
    ? `请把手机横过来、用 1080P 或更高的设置重拍；素材够清楚的，可以在${EDITOR}里把画布改为横屏后重新导出。`
    : `请在${EDITOR}里按要求的分辨率和画面比例重新导出；原素材就不够清楚的，放大不算，需要重拍。`;
}

/** Whether the parts of a demand joined by “and” that look at a fact hold. */
function part(tree: Tree, name: string, facts: Facts): boolean | null {
  const parts = tree[0] === "and" ? (tree.slice(1) as Tree[]) : [tree];
  const about = parts.filter((each) => JSON.stringify(each).includes(`"${name}"`));
  return about.some((each) => holds(each, facts) === false) ? false : null;
}

function onItsSide(facts: Facts): Facts {
  return replaced(facts, known("height", facts), known("width", facts));
}

function wide(facts: Facts): Facts {
  return replaced(facts, fraction(1920), fraction(1080));
}

function replaced(facts: Facts, width: Fact | null, height: Fact | null): Facts {
  const other = new Map(facts);
  if (width !== null) other.set("width", width);
  if (height !== null) other.set("height", height);
  return other;
}

/** How a film stands; empty where its sides are not known. */
export function shape(facts: Facts): "竖屏" | "横屏" | "方形" | "" {
  const [width, height] = [facts.get("width"), facts.get("height")];
  if (typeof width !== "object" || typeof height !== "object") return "";
  const wider = compare(width, height);
  return wider > 0 ? "横屏" : wider < 0 ? "竖屏" : "方形";
}
