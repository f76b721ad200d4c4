/** What may be written at a place of a rulebook, from the language's own JSON Schema. */

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
  pattern?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  description?: string;
  examples?: unknown[];
}

export interface Offer {
  label: string;
  detail?: string;
  apply?: string;
}

/** Every schema that may stand for one, references followed, “nothing” and gaps left out. */
export function alternatives(schema: Schema, root: Schema, depth = 0): Schema[] {
  if (depth > 12) return [];
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop() ?? "";
    const found = root.$defs?.[name];
    return found ? alternatives(found, root, depth + 1) : [];
  }
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return several.flatMap((each) => alternatives(each, root, depth + 1));
  if (schema.type === "null" || schema.pattern?.startsWith("^待明确")) return [];
  return [schema];
}

/** The schemas that hold at a path of keys (a list's items are `-`). */
export function schemasAt(path: readonly string[], root: Schema): Schema[] {
  let here = alternatives(root, root);
  for (const step of path) {
    here = here.flatMap((each) => {
      const inside =
        step === "-"
          ? each.items
          : (each.properties?.[step] ??
            Object.values(each.patternProperties ?? {})[0] ??
            (typeof each.additionalProperties === "object"
              ? each.additionalProperties
              : undefined));
      return inside ? alternatives(inside, root) : [];
    });
  }
  return here;
}

/** The keys that a mapping at `path` may still take, those it must have first. */
export function keysAt(path: readonly string[], root: Schema, taken: readonly string[]): Offer[] {
  const offers: Offer[] = [];
  for (const schema of schemasAt(path, root)) {
    for (const key of Object.keys(schema.properties ?? {})) {
      if (taken.includes(key) || offers.some((offer) => offer.label === key)) continue;
      const must = schema.required?.includes(key) ?? false;
      offers.push({ label: key, apply: `${key}: `, detail: must ? "必须写" : "可不写" });
    }
  }
  return offers.sort((a, b) => Number(b.detail === "必须写") - Number(a.detail === "必须写"));
}

/** The values that are known for a key: choices and examples. */
export function valuesAt(path: readonly string[], root: Schema): Offer[] {
  const offers: Offer[] = [];
  const add = (value: unknown, detail?: string): void => {
    const label = String(value);
    if (!offers.some((offer) => offer.label === label)) {
      offers.push(detail ? { label, detail } : { label });
    }
  };
  for (const schema of schemasAt(path, root)) {
    for (const value of schema.enum ?? []) add(value);
    if (schema.const !== undefined) add(schema.const);
    for (const value of schema.examples ?? []) add(value, "例如");
  }
  return offers;
}

export interface Place {
  /** Keys from the margin to the mapping that the line stands in. */
  path: string[];
  /** The key on the line when the cursor stands behind its colon, else null. */
  key: string | null;
  /** Keys that the mapping has already. */
  taken: string[];
  /** What is typed of the word. */
  word: string;
}

const LINE = /^( *)((?:- )*)(?:([\w-]+):(?:\s|$))?/;

/** Where a cursor stands, judged by the indents of block YAML (a line in braces is left alone). */
export function placeOf(text: string, position: number): Place | null {
  const before = text.slice(0, position);
  const lines = before.split("\n");
  const line = lines.pop() ?? "";
  if (/[{[]/.test(line) || /^\s*#/.test(line)) return null;
  const typed = /^( *)((?:- )*)(.*)$/.exec(line);
  if (!typed) return null;
  const [, blank = "", dashes = "", rest = ""] = typed;
  const value = /^([\w-]+):\s+(.*)$/.exec(rest);
  if (!value && rest.includes(":")) return null;
  const path: string[] = [];
  const taken: string[] = [];
  let indent = blank.length + dashes.length;
  if (dashes) path.unshift("-");
  let floor = dashes ? blank.length : indent;
  for (let index = lines.length - 1; index >= 0 && indent > 0; index -= 1) {
    const row = lines[index] ?? "";
    if (!row.trim() || row.trim().startsWith("#")) continue;
    const found = LINE.exec(row);
    if (!found) continue;
    const [, space = "", marks = "", key] = found;
    const column = space.length + marks.length;
    if (column === indent && key && !dashes) taken.push(key);
    if (marks && column === indent && !dashes && path[0] !== "-") {
      path.unshift("-");
      indent = column;
      floor = space.length;
      continue;
    }
    if (column < floor && key) {
      path.unshift(key);
      indent = column;
      floor = column;
      if (marks) {
        path.unshift("-");
        floor = space.length;
      }
    }
  }
  if (indent === 0 && path.length === 0) {
    for (const row of lines) {
      const key = /^([\w-]+):/.exec(row)?.[1];
      if (key) taken.push(key);
    }
  }
  return { path, key: value?.[1] ?? null, taken, word: value ? (value[2] ?? "") : rest };
}
