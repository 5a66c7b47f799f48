import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findBundle } from "../../apps/server/bin/find-bundle.mjs";

let dist: string;
let source: string;
beforeEach(() => {
  const app = mkdtempSync(join(tmpdir(), "trunkline-find-bundle-"));
  source = join(app, "source.ts");
  dist = join(app, "dist");
  mkdirSync(join(dist, "abc"), { recursive: true });
  writeFileSync(join(dist, "abc", "program.js"), "");
  writeFileSync(source, "old");
  const { mtimeMs, size } = statSync(source);
  const list = { directory: "abc", inputs: [["../source.ts", mtimeMs, size]] };
  writeFileSync(join(dist, "current.json"), JSON.stringify(list));
});
afterEach(() => rmSync(join(dist, ".."), { recursive: true, force: true }));

describe("findBundle", () => {
  it("finds the bundle of the sources as they are", () => {
    expect(findBundle("program", dist)).toBe(join(dist, "abc", "program.js"));
  });

  it.each([
    ["was changed", () => writeFileSync(source, "new and longer")],
    ["was written again", () => utimesSync(source, new Date(), new Date(Date.now() + 5_000))],
    ["is gone", () => rmSync(source)],
  ])("finds none where a source %s", (_, change) => {
    change();
    expect(findBundle("program", dist)).toBeNull();
  });

  it.each([
    ["was never made", () => rmSync(dist, { recursive: true })],
    ["was removed by half", () => rmSync(join(dist, "abc"), { recursive: true })],
    ["has a broken list", () => writeFileSync(join(dist, "current.json"), '{ "directory": "a')],
    ["has a list of something else", () => writeFileSync(join(dist, "current.json"), "[]")],
  ])("finds none where it %s", (_, change) => {
    change();
    expect(findBundle("program", dist)).toBeNull();
  });
});
