import { defineConfig } from "vitest/config";

export default defineConfig({
  // The browser's build of tus, as the page gets it; Node would be given the one for streams.
  resolve: {
    alias: {
      "tus-js-client": `${import.meta.dirname}/node_modules/tus-js-client/lib.esm/browser/index.js`,
    },
  },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    restoreMocks: true,
  },
});
