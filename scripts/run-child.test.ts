import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { runChild } from "./run-child.mjs";

const SILENCE_MS = 60_000;

/** What was passed on so far. */
let shown: string;
beforeEach(() => {
  shown = "";
  const show = (chunk: string | Uint8Array): boolean => {
    shown += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(show);
  vi.spyOn(process.stderr, "write").mockImplementation(show);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const run = async (script: string, output: "capture" | "show", cwd = tmpdir()) =>
  runChild("sh", ["-c", script], { cwd, env: process.env, output, silenceMs: SILENCE_MS });

it("captures both streams, and what a command prints on stdout alone", async () => {
  const result = await run("echo one; sleep 0.1; echo two >&2; exit 3", "capture");
  expect(result).toEqual({ ok: false, stdout: "one\n", output: "one\ntwo\n" });
  expect(shown).toBe("");
});

it("lets a command that says something take as long as it takes, and stops one that says nothing", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "trunkline-run-child-"));
  const told = async (word: string): Promise<void> => {
    while (!shown.includes(word)) await new Promise(setImmediate);
  };
  // Its clock is ours, the child's is not.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const script = "echo first; while [ ! -e go ]; do sleep 0.05; done; echo second; sleep 300";
  const running = run(script, "show", directory.path);
  await told("first");
  vi.advanceTimersByTime(SILENCE_MS - 1);
  await writeFile(join(directory.path, "go"), "");
  await told("second");
  vi.advanceTimersByTime(SILENCE_MS - 1);
  expect(shown).not.toContain("Stopped");
  vi.advanceTimersByTime(1);
  expect(await running).toMatchObject({ ok: false, stdout: "" });
  expect(shown).toContain("Stopped: it said nothing for 60 s");
});
