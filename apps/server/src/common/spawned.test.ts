import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);

/** In a process of its own, whose uncaught errors end it as they would end the server. */
const SCRIPT = `
  const { openSync, closeSync } = await import("node:fs");
  const { usedBytes } = await import("../ops/used-bytes.ts");
  const { startBwrap } = await import("../tools/sandbox/start-bwrap.ts");
  const tries = {
    bwrap: () => startBwrap({
      program: "/bin/false", arguments: [], marker: "", streams: ["ignore", 1, 2], filter: "/dev/null", gate: null, keyring: null,
    }),
    du: () => usedBytes(["/dev"], new AbortController().signal),
  };
  const outcomes = async () => {
    for (const [name, start] of Object.entries(tries)) {
      console.log(name, await start().then(() => "works", (error) => error.message));
    }
  };
  await outcomes();
  const files = [];
  try { for (;;) files.push(openSync("/dev/null", "r")); } catch {}
  // Room for the filter, none for pipes.
  closeSync(files.pop());
  await outcomes();
  for (const file of files) closeSync(file);
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.gc();
  }
  await outcomes();
  console.log("alive");
`;

it("a process that can't be started for want of files is an error of its caller, and no file stays open", async () => {
  const command = 'ulimit -n 64; exec "$0" --expose-gc --input-type=module -e "$1"';
  const { stdout } = await run("bash", ["-c", command, process.execPath, SCRIPT], {
    cwd: import.meta.dirname,
  });
  const [before, atLimit] = [
    ["bwrap bwrap ended", "du works"],
    ["bwrap", "du"].map((name) => `${name} .*too many files`),
  ];
  expect(stdout.trim().split("\n")).toEqual([
    ...before,
    ...atLimit.map((words) => expect.stringMatching(words) as string),
    ...before,
    "alive",
  ]);
});
