/**
 * Prints what the check before an upload reads of files, one JSON line each, as the page would:
 * `node scripts/facts.mjs FILE…`. Tests compare it with what the server measures.
 */
import { openAsBlob } from "node:fs";
import { basename, join } from "node:path";
import { build } from "vite";

const [bundle] = [
  await build({
    configFile: false,
    logLevel: "error",
    root: join(import.meta.dirname, ".."),
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: "src/check/facts.ts", formats: ["es"] },
    },
  }),
].flat();
const { look } = await import(
  `data:text/javascript;base64,${Buffer.from(bundle.output[0].code).toString("base64")}`
);

/** Fractions as Python writes them. */
const written = (fact) => (typeof fact === "object" ? { n: `${fact.above}/${fact.below}` } : fact);

for (const path of process.argv.slice(2)) {
  const file = Object.assign(await openAsBlob(path), { name: basename(path) });
  let read = 0;
  const slice = file.slice.bind(file);
  file.slice = (from, to) => {
    read += to - from;
    return slice(from, to);
  };
  const began = performance.now();
  const { facts, ...known } = await look(file);
  console.log(
    JSON.stringify({
      path,
      ...known,
      facts: Object.fromEntries([...facts].map(([name, fact]) => [name, written(fact)])),
      read,
      milliseconds: Math.round(performance.now() - began),
    }),
  );
}
