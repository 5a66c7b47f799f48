import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { SessionEvent } from "@trunkline/contract";
import { isProcessAlive, waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";
import { CliProcess } from "../testing/cli-process.ts";

let dataDir: string;
/** A port of its own for each server, and nobody at the default one is meant. */
let env: Record<string, string>;
beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), "trunkline-start-")), "data");
  env = { TRUNKLINE_DATA_DIR: dataDir, TRUNKLINE_PORT: "0" };
});
afterEach(async () => {
  await CliProcess.run(["stop"], env);
  await rm(join(dataDir, ".."), { recursive: true, force: true });
});

const serverRecord = async () =>
  JSON.parse(await readFile(join(dataDir, "server.json"), "utf8")) as { url: string; pid: number };

it("run --start starts a server that stays, the next run finds it, and stop ends it", async () => {
  const first = await CliProcess.run(["run", "--start", "say: one"], env);
  expect(first.exitCode).toBe(0);
  expect(first.out).toContain("one");
  const { url, pid } = await serverRecord();
  expect(first.err).toContain(`A server is running at ${url}, pid ${pid}`);
  expect(isProcessAlive(pid)).toBe(true);

  const second = await CliProcess.run(["run", "--start", "say: two"], env);
  expect(second).toMatchObject({ exitCode: 0, err: "" });
  expect(second.out).toContain("two");

  expect(await CliProcess.run(["stop"], env)).toMatchObject({
    exitCode: 0,
    out: `Stopped ${url}, pid ${pid}\n`,
  });
  await waitFor("its end", () => !isProcessAlive(pid));
  expect(await CliProcess.run(["stop", "--json"], env)).toMatchObject({ exitCode: 0, out: "null\n" });
});

it("run asks whoever sits at a terminal, and says how to start one where nobody does", async () => {
  const refused = await runCaptured(["run", "say: no"], { env, typed: "perhaps\nn\n" });
  expect(stripVTControlCharacters(refused.err)).toMatch(
    /No server runs here\. Start one in the background\? \[Y\/n\]/,
  );
  expect(refused).toMatchObject({ exitCode: 4, out: "" });
  expect(refused.err).toContain("trunkline run --start");
  const left = await runCaptured(["run", "say: no"], { env, typed: "" });
  expect(left.exitCode).toBe(4);
  const script = await CliProcess.run(["run", "say: no"], env);
  expect(script.err).toMatch(/^error: No server runs on .*`trunkline run --start …`.*`trunkline serve`/);
  expect(script.exitCode).toBe(4);
  await expect(stat(dataDir)).rejects.toThrow("ENOENT");

  const accepted = await runCaptured(["run", "say: yes please"], {
    env: { ...env, PATH: process.env["PATH"] ?? "", HOME: tmpdir() },
    typed: "\n",
  });
  expect(accepted.out).toContain("yes please");
  expect(accepted.exitCode).toBe(0);
});

it("serve --detach tells where it is, once, and keeps its log to its owner", async () => {
  const started = await CliProcess.run(["serve", "--detach", "--web", "off", "--json"], env);
  expect(started.exitCode).toBe(0);
  const { url, pid } = await serverRecord();
  const logFile = join(dataDir, "server.log");
  expect(JSON.parse(started.out)).toEqual({ url, pid, logFile });
  expect((await stat(logFile)).mode & 0o777).toBe(0o600);
  const again = await CliProcess.run(["serve", "--detach"], env);
  expect(again).toMatchObject({ exitCode: 1, err: expect.stringContaining(`already: ${url}, pid ${pid}`) });
});

it("shows why a server does not start", async () => {
  const { exitCode, err } = await CliProcess.run(["serve", "--detach"], {
    ...env,
    TRUNKLINE_CONCURRENCY: "many",
  });
  expect(err).toMatch(/^error: The server did not start:\n.*TRUNKLINE_CONCURRENCY takes a whole number/);
  expect(exitCode).toBe(1);
});

it("goes on in the session that changed last, and attaches to it", async () => {
  await CliProcess.run(["run", "--start", "say: first"], env);
  const lines = async (...args: string[]): Promise<SessionEvent[]> => {
    const { out } = await CliProcess.run([...args, "--json"], env);
    return out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as SessionEvent);
  };
  const [older] = await lines("run", "say: second");
  const [newer] = await lines("run", "--continue", "say: third");
  expect(newer?.sessionId).toBe(older?.sessionId);
  const attached = await lines("attach");
  expect(attached.filter(({ type }) => type === "task.completed")).toHaveLength(2);
});
