import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** The oldest browser we promise: Chrome 109, the last on Windows 7 and 8.1 and the core of many in-app browsers. */
const floor = "chrome109";

/** htmx can run attributes as code. We never ask for it, and a strict policy forbids it: take it out. */
const noEval: Plugin = {
  name: "no-eval",
  transform(code, id) {
    if (!id.includes("htmx.esm")) return null;
    const calls = code.match(/\beval\(/g) ?? [];
    if (calls.length !== 1 || !code.includes("return eval(str)")) {
      throw new Error("htmx has changed where it evaluates code; look again before upgrading.");
    }
    return code.replace("return eval(str)", "throw new Error(str)");
  },
};

/** Beside each file its gzip, which the server hands to browsers that take it. */
const gzip: Plugin = {
  name: "gzip",
  writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle).filter((one) => /\.(js|css)$/.test(one))) {
      const file = join(dir ?? "", name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
    }
  },
};

export default defineConfig({
  base: "./",
  build: {
    target: floor,
    cssTarget: floor,
    cssMinify: "lightningcss",
    outDir: "../src/fengcai/web/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { main: "src/main.ts" } },
  },
  plugins: [noEval, gzip],
  css: {
    transformer: "lightningcss",
    lightningcss: { targets: { chrome: 109 << 16 } },
  },
});
