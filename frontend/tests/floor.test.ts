// @vitest-environment node
import { describe, expect, test } from "vitest";
// @ts-expect-error: a plain script of the build
import { cssBreaches, jsBreaches } from "../scripts/floor.mjs";

describe("the floor of Chrome 109", () => {
  test.each([
    [".a{.b{color:red}}", "nesting"],
    [".a{&:hover{color:red}}", "nesting"],
    [".a{color:color-mix(in srgb,var(--a),blue)}", "the function color-mix()"],
    [".a{color:light-dark(var(--a),var(--b))}", "the function light-dark()"],
    ["@scope (.a){.b{color:red}}", "@scope"],
    ["@starting-style{.a{color:red}}", "@starting-style"],
    ["@container style(--a:b){.q{color:red}}", "@container style()"],
    [".a:user-valid{color:red}", "the selector :user-valid"],
    [".a{grid-template-columns:subgrid}", "grid-template-columns: subgrid"],
    [".a{animation-timeline:view()}", "the property animation-timeline"],
  ])("refuses %s", (code, what) => {
    expect(cssBreaches(code)).toContain(`sheet.css: ${what} is not in Chrome 109`);
  });

  test.each([
    ".a:has(.b){inset:0;aspect-ratio:1;height:1dvh;height:1lh;overflow:clip}",
    "@layer a{.b{rotate:10deg}}@container (max-width:9rem){.c{display:none}}",
    ".a{text-autospace:normal;text-wrap:balance;field-sizing:content}",
    "dialog::backdrop{background:rgb(0 0 0/50%)}@page{size:A4;margin:2cm}",
  ])("lets %s pass", (code) => {
    expect(cssBreaches(code)).toEqual([]);
  });

  test("names late members and code from text", () => {
    expect(jsBreaches("a.toSorted();Object.groupBy(b);eval(c)")).toEqual([
      "script.js: .groupBy() came with Chrome 117",
      "script.js: .toSorted() came with Chrome 110",
      "script.js: runs text as code",
    ]);
    expect(jsBreaches("a.map(f);a.at(-1);structuredClone(a);d.showModal();CSS.escape(x)")).toEqual(
      [],
    );
  });
});
