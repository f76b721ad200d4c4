import { defineConfig } from "vite";

/** The oldest browser we promise: Chrome 109, the last on Windows 7 and 8.1 and the core of many in-app browsers. */
const floor = "chrome109";

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
  css: {
    transformer: "lightningcss",
    lightningcss: { targets: { chrome: 109 << 16 } },
  },
});
