import { glob, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { faultIn, parserToLookAt } from "./testing/parser.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** A test may name what does not exist. Pages have a test of their own. */
const LEFT_OUT = /node_modules|\/dist\/|\.next|\.test\.tsx?$|\/testing\//;
const SOURCES = "{apps,packages}/*/src/**/*.{ts,tsx}";

/** In a text: after a backtick, a prompt or as a line of its own. */
const WRITTEN = /(?:`|^ {0,4}(?:\$ )?(?:sudo (?:-u \S+ )?)?|npx )trunkline((?: +[^\s`'"|;&#()\\]+)+)/gm;
/** In the source: what the commands' own hints are made of. */
const MADE = /\b(?:hints\(context\)|command|again|hint)\(((?:\s*"[^"]*",?)+)/g;

it("every command and option that a text of the product names exists", async () => {
  const program = parserToLookAt();
  const faults: string[] = [];
  let count = 0;
  for await (const path of glob(SOURCES, { cwd: ROOT })) {
    if (LEFT_OUT.test(path)) continue;
    const text = await readFile(`${ROOT}${path}`, "utf8");
    const written = [...text.matchAll(WRITTEN)].map(([, line = ""]) => line.trim().split(/ +/));
    const made = path.startsWith("apps/cli/")
      ? [...text.matchAll(MADE)].map(([, list = ""]) =>
          [...list.matchAll(/"([^"]*)"/g)].map(([, one = ""]) => one),
        )
      : [];
    for (const words of [...written, ...made]) {
      // Names of other things, such as connections, are made so.
      if (words.some((word) => word.includes("${"))) continue;
      count++;
      const fault = faultIn(program, words.join(" "));
      if (fault !== null) faults.push(`${path}: trunkline ${words.join(" ")}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(60);
});
