import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FILES: Record<string, string> = {
  "package.json": `${JSON.stringify({ name: "zebra", version: "1.4.0", type: "module", scripts: { test: "node --test" } }, null, 2)}\n`,
  "README.md": "# zebra\n\nParses durations such as `1h 30m`.\n",
  "src/parse-duration.js": `const UNITS = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Parses a duration such as "1h 30m" to milliseconds. */
export function parseDuration(text) {
  let total = 0;
  for (const [, value, unit] of text.matchAll(/(\\d+)\\s*([smh])/g)) {
    total += Number(value) * UNITS[unit];
  }
  return total;
}
`,
  "test/parse-duration.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "../src/parse-duration.js";

test("hours and minutes", () => assert.equal(parseDuration("1h 30m"), 5_400_000));
test("days", () => assert.equal(parseDuration("2d"), 172_800_000));
test("refuses what is no duration", () => assert.throws(() => parseDuration("soon"), RangeError));
`,
};

/** A small repository with two failing tests. */
export function createRepository(directory: string): void {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      cwd: directory,
    });
  };
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "Parse durations");
}

export const FIXED = `const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Parses a duration such as "1h 30m" to milliseconds.
 * @throws RangeError if it is none.
 */
export function parseDuration(text) {
  const parts = [...text.matchAll(/(\\d+)\\s*([smhd])/g)];
  if (parts.length === 0) throw new RangeError(\`"\${text}" is no duration\`);
  return parts.reduce((total, [, value, unit]) => total + Number(value) * UNITS[unit], 0);
}
`;
