/**
 * Demands of a rulebook judged as the server judges them (core.inspection.evaluation): exact numbers,
 * three values after Kleene, texts without regard to case. An unknown fact never breaks a demand.
 */
import { compare, type Fraction, fraction, over } from "./fraction";

export type Fact = Fraction | string | boolean;
export type Facts = ReadonlyMap<string, Fact>;

/** A fact by its name, a number in its base unit, or a word. */
export type Operand = { f: string } | { n: string } | { w: string };
export type Sign = "<" | "<=" | ">" | ">=" | "==" | "!=";
export type Tree =
  | ["and" | "or", ...Tree[]]
  | ["not", Tree]
  | ["is", string]
  | ["in" | "not in", Operand, Operand[]]
  | [Sign, Operand, Operand];

/** Whether a demand holds; null when the facts do not tell. */
export function holds(tree: Tree, facts: Facts): boolean | null {
  switch (tree[0]) {
    case "and":
    case "or":
      return joined(tree.slice(1) as Tree[], facts, tree[0] === "or");
    case "not": {
      const held = holds(tree[1], facts);
      return held === null ? null : !held;
    }
    case "is": {
      const found = known(tree[1], facts);
      return typeof found === "boolean" ? found : null;
    }
    case "in":
    case "not in":
      return member(tree[1], tree[2], facts, tree[0] === "not in");
    default:
      return compared(tree[0], value(tree[1], facts), value(tree[2], facts));
  }
}

/** One decisive part decides (false for and, true for or); else unknown if any is unknown. */
function joined(parts: Tree[], facts: Facts, decisive: boolean): boolean | null {
  let unknown = false;
  for (const part of parts) {
    const held = holds(part, facts);
    if (held === decisive) return decisive;
    unknown ||= held === null;
  }
  return unknown ? null : !decisive;
}

function member(left: Operand, options: Operand[], facts: Facts, negated: boolean): boolean | null {
  const one = value(left, facts);
  if (one === null) return null;
  const others = options.map((option) => value(option, facts));
  if (others.some((other) => other !== null && compared("==", one, other))) return !negated;
  return others.includes(null) ? null : negated;
}

function compared(
  sign: Sign,
  one: Fraction | string | null,
  other: Fraction | string | null,
): boolean | null {
  if (one === null || other === null || typeof one !== typeof other) return null;
  const order =
    typeof one === "string" ? Number(one !== other) : compare(one as Fraction, other as Fraction);
  if (sign === "==") return order === 0;
  if (sign === "!=") return order !== 0;
  if (sign === "<") return order < 0;
  if (sign === "<=") return order <= 0;
  return sign === ">" ? order > 0 : order >= 0;
}

function value(operand: Operand, facts: Facts): Fraction | string | null {
  if ("n" in operand) return fraction(operand.n);
  const found = "w" in operand ? operand.w : known(operand.f, facts);
  if (typeof found === "string") return plain(found);
  return typeof found === "boolean" ? null : found;
}

/** Without regard to case, as Python folds it: ß is ss. */
function plain(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** A fact, or what follows from width and height where it is not given itself. */
export function known(name: string, facts: Facts): Fact | null {
  const given = facts.get(name);
  if (given !== undefined) return given;
  const [width, height] = [facts.get("width"), facts.get("height")];
  if (typeof width !== "object" || typeof height !== "object") return null;
  const wider = compare(width, height) > 0;
  if (name === "long_edge") return wider ? width : height;
  if (name === "short_edge") return wider ? height : width;
  return name === "aspect" ? over(width, height) : null;
}

/** The names of the facts that a demand looks at, in order, each once. */
export function namesIn(tree: Tree): string[] {
  const names = new Set<string>();
  const look = (part: unknown): void => {
    if (Array.isArray(part)) {
      if (part[0] === "is") names.add(String(part[1]));
      else for (const each of part.slice(typeof part[0] === "string" ? 1 : 0)) look(each);
    } else if (part !== null && typeof part === "object" && "f" in part) {
      names.add(String(part.f));
    }
  };
  look(tree);
  return [...names];
}
