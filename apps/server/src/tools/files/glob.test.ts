import * as fc from "fast-check";
import { matchesGlob } from "node:path";
import { describe, expect, it } from "vitest";
import { Glob } from "./glob.ts";

function matches(pattern: string, path: string): boolean {
  const glob = new Glob(pattern);
  return glob.matches(glob.advance(glob.start(), path));
}

describe("Glob", () => {
  it.each([
    ["*.ts", "a.ts", true],
    ["*.ts", "src/a.ts", false],
    ["**/*.ts", "a.ts", true],
    ["**/*.ts", "src/deep/a.ts", true],
    ["src/**", "src/a/b", true],
    ["src/**", "src", false],
    ["**", "a/b/c", true],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/x/y/b", true],
    ["a/**/b", "ab", false],
    ["./src/*.{ts,tsx}", "src/a.tsx", true],
    ["*.{ts,m{j,t}s}", "a.mts", true],
    ["{a,b/{c,d}}.x", "b/d.x", true],
    ["{src,test}/**/*.js", "test/a/b.js", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["?", "😀", true],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[!a-c]x", "zx", true],
    ["[]]", "]", true],
    ["[a", "[a", true],
    ["{a", "{a", true],
    ["{a}", "{a}", true],
    ["x{a{b},c}", "xa{b}", true],
    ["{,}}", "}", true],
    [String.raw`\*.ts`, "*.ts", true],
    [String.raw`\*.ts`, "a.ts", false],
    ["*", ".env", false],
    ["**/*.yml", ".github/ci.yml", false],
    [".github/**/*.yml", ".github/workflows/ci.yml", true],
    [".*", ".env", true],
    ["+(*)b", "+(a)b", true],
    ["+(*)b", "aab", false],
    ["", "a", false],
  ])("%s and %s: %s", (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it("agrees with Node's own, where that has the same syntax", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", "."), minLength: 1, maxLength: 3 });
    const part = fc.oneof(
      fc.constantFrom("**", "*", "?", "*a", "a*", "a*b*", "[ab]", "[!a]", "{a,b}", "{a*,b?}"),
      name,
    );
    const joined = (items: fc.Arbitrary<string>) =>
      fc.array(items, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(joined(part), joined(name), (pattern, path) => {
        const parts = path.split("/");
        // Node resolves these; no listed path has one.
        fc.pre(!`${path}/${pattern}`.split("/").some((text) => text === "." || text === ".."));
        fc.pre(parts.every((text) => text !== ""));
        expect([pattern, path, matches(pattern, path)]).toEqual([pattern, path, matchesGlob(path, pattern)]);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    "+(*)b",
    "*(*(*a))c",
    "*a*a*a*a*a*a*a*a*a*a*b",
    "{*,{*,{*,{*,*}}}}c",
    `${"{".repeat(200)}*b`,
    `${"{a,".repeat(80)}b`,
    "**/".repeat(80) + "b",
  ])("H2: takes a number of steps that is bounded by the lengths alone: %s", (pattern) => {
    const glob = new Glob(pattern);
    const path = "a/".repeat(1_000) + "a".repeat(2_000);
    expect(glob.matches(glob.advance(glob.start(), path))).toBe(false);
    expect(glob.steps).toBeLessThanOrEqual(path.length * pattern.length * 4);
  });

  it("knows a directory that nothing in it can match", () => {
    const glob = new Glob("src/*.{ts,js}");
    expect(glob.isDead(glob.advance(glob.start(), "src/"))).toBe(false);
    expect(glob.isDead(glob.advance(glob.start(), "lib/"))).toBe(true);
    expect(glob.isDead(glob.advance(glob.start(), "src/deep/"))).toBe(true);
  });
});
