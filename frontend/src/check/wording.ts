/** How measured values are said in Chinese: the server's words (core.inspection.wording). */
import { compare, type Fraction, fraction } from "./fraction";
import { type Fact, type Facts, known } from "./predicate";

/** A fact's Chinese name and unit, by its name. */
export type Names = Record<string, [label: string, unit: string]>;

/** “画面宽度 1280 px、画面高度 720 px”, facts in the given order. */
export function measured(names: string[], facts: Facts, called: Names): string {
  return names
    .map((name) => {
      const [label, unit] = called[name] ?? [name, ""];
      return `${label} ${said(known(name, facts), unit)}`;
    })
    .join("、");
}

function said(value: Fact | null, unit: string): string {
  if (value === null) return "未测出";
  if (typeof value === "boolean") return value ? "是" : "否";
  if (typeof value === "string") return value;
  if (unit === "s") return time(value);
  if (unit === "B") return bytes(value);
  return `${short(value)} ${unit}`.trimEnd();
}

/** At most three decimals, cut and not rounded: a value under a bound never looks like it. */
export function short({ above, below }: Fraction): string {
  const size = above < 0n ? -above : above;
  const thousandths = (size * 1000n) / below;
  const rest = (thousandths % 1000n).toString().padStart(3, "0").replace(/0+$/, "");
  const whole = `${thousandths / 1000n}${rest ? `.${rest}` : ""}`;
  return above < 0n && thousandths > 0n ? `-${whole}` : whole;
}

function time(seconds: Fraction): string {
  if (compare(seconds, fraction(60)) < 0) return `${short(seconds)} 秒`;
  const minutes = seconds.above / (60n * seconds.below);
  const rest = { above: seconds.above - minutes * 60n * seconds.below, below: seconds.below };
  return `${minutes} 分 ${short(rest)} 秒`;
}

function bytes(count: Fraction): string {
  for (const [unit, power] of [
    ["GB", 3n],
    ["MB", 2n],
    ["KB", 1n],
  ] as const) {
    const factor = 1024n ** power;
    if (count.above >= factor * count.below) {
      return `${short({ above: count.above, below: count.below * factor })} ${unit}`;
    }
  }
  return `${short(count)} B`;
}
