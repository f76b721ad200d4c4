/**
 * Refuses what Chrome 109 lacks in the built CSS and JavaScript: the last Chrome of Windows 7 and 8.1,
 * and the core of many in-app browsers. Judged by MDN's browser-compat-data, not by a list of ours.
 *
 * `node scripts/floor.mjs [DIR]` prints every breach and exits 1, or the weights and exits 0.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { transform } from "lightningcss";

const require = createRequire(import.meta.url);
const bcd = require("@mdn/browser-compat-data");

export const FLOOR = 109;

/** Used on purpose where older browsers lose nothing that matters. */
const PROGRESSIVE = {
  "text-autospace": "older browsers set Chinese and Latin without the small gap",
  "text-wrap": "older browsers break headings where the line ends",
  "text-wrap-mode": "part of text-wrap",
  "text-wrap-style": "part of text-wrap",
  "field-sizing": "older browsers keep the text area's height and its handle",
  "scrollbar-width": "older browsers show the scroll bar of the tabs",
  "text-size-adjust": "the prefixed property stands before it",
  size: "the old descriptor of @page, not the new property of that name",
  "@page margin boxes": "older browsers print the number that .page-number says",
};

/** Calls that look like JavaScript of Chrome > 109 and are not, or are asked for before they are used. */
const ASKED_FIRST = {
  parseHTMLUnsafe: "htmx looks whether Document has it",
  fromBase64: "js-base64's own method",
  startViewTransition: "htmx looks whether the document has it",
  moveBefore: "htmx looks whether the element has it",
};

/**
 * Methods of CodeMirror's own that share a name with a late member, and those of EditContext, for
 * which it looks before it uses them. Only in its own chunk.
 */
const CODEMIRROR = new Set(
  (
    "EditContext addElement annotation build destroy dispatch draw getComposedRanges getName " +
    "getTextFormats local move phrase scan scrollMargin side updateCharacterBounds updateSelection " +
    "updateSelectionBounds updateText yield"
  ).split(" "),
);

/** The first Chrome that has a feature without a prefix or a flag; Infinity when none has. */
export function since(compat) {
  const support = [compat?.support?.chrome ?? []]
    .flat()
    .find((one) => !one.flags && !one.prefix && !one.partial_implementation);
  if (!support) return Number.POSITIVE_INFINITY;
  const { version_added: added } = support;
  return added === "preview" || !added ? Number.POSITIVE_INFINITY : Number.parseFloat(added);
}

const modern = (compat) => compat !== undefined && since(compat) > FLOOR;

/** Every breach in a style sheet, as `what: why` lines. */
export function cssBreaches(code, filename = "sheet.css") {
  const found = new Set();
  const say = (name, what) => {
    if (!(name in PROGRESSIVE)) found.add(`${filename}: ${what} is not in Chrome ${FLOOR}`);
  };
  const property = (name, value) => {
    if (name.startsWith("-") || name.startsWith("--")) return;
    const data = bcd.css.properties[name];
    if (!data) return;
    if (modern(data.__compat)) say(name, `the property ${name}`);
    if (
      typeof value === "string" &&
      !(name in PROGRESSIVE) &&
      data[value] &&
      modern(data[value].__compat)
    ) {
      say(`${name}: ${value}`, `${name}: ${value}`);
    }
  };
  const nested = (rules, inside) => {
    for (const rule of rules ?? []) {
      if (rule.type === "style" && inside) say("nesting", "nesting");
      if (rule.type === "style" && rule.value.rules?.length) say("nesting", "nesting");
      if (rule.value?.rules) nested(rule.value.rules, inside || rule.type === "style");
    }
  };
  transform({
    filename,
    code: Buffer.from(code),
    errorRecovery: false,
    visitor: {
      StyleSheet(sheet) {
        nested(sheet.rules, false);
      },
      Declaration(declaration) {
        const name =
          declaration.property === "custom" ? declaration.value.name : declaration.property;
        const id = name === "unparsed" ? declaration.value.propertyId.property : name;
        property(id, undefined);
      },
      Function(call) {
        const types = bcd.css.types;
        const data = types[call.name] ?? types.color?.[call.name];
        if (data && modern(data.__compat)) say(`${call.name}()`, `the function ${call.name}()`);
      },
      Selector(selector) {
        for (const part of selector) {
          if (part.type === "nesting") say("nesting", "nesting");
          if (part.type !== "pseudo-class" && part.type !== "pseudo-element") continue;
          const data = bcd.css.selectors[part.kind];
          if (data && modern(data.__compat)) say(`:${part.kind}`, `the selector :${part.kind}`);
        }
      },
      Rule(rule) {
        const name =
          rule.type === "unknown" || rule.type === "custom" ? rule.value.name : rule.type;
        if (rule.type === "page" && rule.value.rules?.length)
          say("@page margin boxes", "@page margin boxes");
        const data =
          bcd.css["at-rules"][
            String(name).replace("layer-block", "layer").replace("layer-statement", "layer")
          ];
        if (data && modern(data.__compat)) say(`@${name}`, `@${name}`);
      },
    },
  });
  // The parser has types of its own for these two, and hands them to no visitor.
  if (/\blight-dark\(/.test(code)) say("light-dark()", "the function light-dark()");
  if (/@container[^{]*\bstyle\(/.test(code)) say("@container style()", "@container style()");
  // Values that the parser folds away are read from the text, keyword by keyword.
  for (const [, name, value] of code.matchAll(/[{;]([a-z-]+):([a-z-]+)(?=[;}])/g))
    property(name, value);
  return [...found].sort();
}

/** Names that only Chromes above the floor have, of members that scripts can call. */
function lateMembers() {
  const late = new Map();
  const known = new Set();
  const walk = (group) => {
    for (const thing of Object.values(group)) {
      for (const [key, member] of Object.entries(thing)) {
        const name = key.replace(/_static$/, "");
        if (name === "__compat" || !/^[a-z]\w{3,}$/i.test(name)) continue;
        if (!member?.__compat) continue;
        if (modern(member.__compat)) late.set(name, since(member.__compat));
        else known.add(name);
      }
    }
  };
  walk(bcd.javascript.builtins);
  walk(bcd.api);
  for (const name of known) late.delete(name);
  return late;
}

const LATE = lateMembers();

/** Every call of a member that Chrome 109 lacks. Members that shares a name with an older one pass. */
export function jsBreaches(code, filename = "script.js") {
  const found = new Set();
  for (const [, name] of code.matchAll(/\.([A-Za-z]\w{3,})\(/g)) {
    if (name in ASKED_FIRST) continue;
    if (/\byaml-/.test(filename) && CODEMIRROR.has(name)) continue;
    const added = LATE.get(name);
    if (added !== undefined) found.add(`${filename}: .${name}() came with Chrome ${added}`);
  }
  if (/\beval\(|new Function\(/.test(code)) found.add(`${filename}: runs text as code`);
  return [...found].sort();
}

function main(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /\.(css|js)$/.test(name))
    .sort();
  const breaches = [];
  for (const name of files) {
    const code = readFileSync(join(folder, name), "utf8");
    breaches.push(...(name.endsWith(".css") ? cssBreaches(code, name) : jsBreaches(code, name)));
    console.log(`${name}  ${code.length} B, ${gzipSync(code).length} B gzip`);
  }
  if (!files.length) breaches.push(`nothing is built in ${folder}`);
  const weigh = (part, measure) =>
    files
      .filter((name) => name.endsWith(".js") && !part.test(name))
      .reduce((sum, name) => sum + measure(readFileSync(join(folder, name))).length, 0);
  // The editor of rulebooks comes on one page of the office only, and by itself; a timeline and two
  // films side by side come with a player only.
  const page = weigh(/player|timeline|together|upload|yaml/, (code) => code);
  const sent = weigh(/player|timeline|together|yaml/, gzipSync);
  console.log(
    `script before player and upload: ${page} B; before the player, as sent: ${sent} B gzip`,
  );
  if (Math.max(page, sent) > 100_000)
    breaches.push("scripts before the player weigh over 100000 B");
  for (const line of breaches) console.error(`✗ ${line}`);
  process.exitCode = breaches.length ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv[2] ?? join(import.meta.dirname, "../../src/fengcai/web/static/dist"));
}
