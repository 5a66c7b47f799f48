import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { isProcessAlive, waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { TerminalProcess } from "../testing/terminal-process.ts";

let dataDir: string;
/** A port of its own for each server, never the default one. */
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
  expect(first.err).toContain(`Server running at ${url}, pid ${pid}. Stop it: trunkline stop`);
  expect(isProcessAlive(pid)).toBe(true);

  const second = await CliProcess.run(["run", "--start", "say: two"], env);
  expect(second).toMatchObject({ exitCode: 0, err: "" });
  expect(second.out).toContain("two");

  expect(await CliProcess.run(["stop"], env)).toMatchObject({
    exitCode: 0,
    out: `Stopped ${url}, pid ${pid}.\n`,
  });
  await waitFor("its end", () => !isProcessAlive(pid));
  expect(await CliProcess.run(["stop", "--json"], env)).toMatchObject({ exitCode: 0, out: "null\n" });
});

it("run asks whoever sits at a terminal, and says how to start one where nobody does", async () => {
  const question = "Start one in the background? [Y/n] ";
  for (const typed of ["n\r", "\u0004"]) {
    await using refused = new TerminalProcess(["run", "say: no"], env);
    await refused.shows(question);
    refused.type(typed);
    await refused.shows(`No server is running for ${dataDir}. Start one: trunkline serve -d.`);
    expect(await refused.ended()).toBe(4);
  }
  const script = await CliProcess.run(["run", "say: no"], env);
  expect(script).toMatchObject({
    exitCode: 4,
    err: `error: No server is running for ${dataDir}. Start one: trunkline serve -d. Another server: --url URL.\n`,
  });
  await expect(stat(dataDir)).rejects.toThrow("ENOENT");

  await using accepted = new TerminalProcess(["run", "say: yes please"], env);
  await accepted.shows(question);
  accepted.type("perhaps\r");
  await accepted.shows(question);
  accepted.type("\r");
  await accepted.shows("yes please");
  expect(await accepted.ended()).toBe(0);
});

it("asks nobody who has signed in elsewhere", async () => {
  const home = join(dataDir, "..");
  await mkdir(join(home, "trunkline"));
  await writeFile(join(home, "trunkline", "login.json"), '{"url":"http://127.0.0.1:2","token":"t"}');
  const signedIn = { XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, TRUNKLINE_DATA_DIR: "" };
  await using run = new TerminalProcess(["run", "say: no"], signedIn);
  await run.shows("No server answers at http://127.0.0.1:2.");
  expect(await run.ended()).toBe(4);
});

it("F6: Ctrl-C while a server starts ends it, and says so", async () => {
  // A server that waits for its database is starting for as long as that takes.
  const waiting = { ...env, TRUNKLINE_DATABASE_URL: "postgres://127.0.0.1:1/none" };
  await using starting = new TerminalProcess(["serve", "-d", "--web", "off"], waiting);
  await waitFor("the server's process", () => existsSync(join(dataDir, "server.log")));
  starting.type("\u0003");
  await starting.shows("Stopping the server that was starting.");
  expect(await starting.ended()).toBe(130);
  expect((await CliProcess.run(["tasks"], env)).err).toContain("No server is running");
});

it("serve --detach tells where it is, once, and keeps its log to its owner", async () => {
  const started = await CliProcess.run(["serve", "--detach", "--web", "off", "--json"], env);
  expect(started.exitCode).toBe(0);
  const { url, pid } = await serverRecord();
  const logFile = join(dataDir, "logs", "trunkline.log");
  expect(JSON.parse(started.out)).toEqual({ url, pid, logFile });
  expect((await stat(logFile)).mode & 0o777).toBe(0o600);
  expect(await CliProcess.run(["logs", "-n", "1"], env)).toMatchObject({ exitCode: 0, err: "" });
  const again = await CliProcess.run(["serve", "--detach"], env);
  expect(again).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining(`A server is already running for ${dataDir}: ${url}, pid ${pid}.`),
  });
});

it("shows why a server does not start", async () => {
  const { exitCode, err } = await CliProcess.run(["serve", "--detach"], {
    ...env,
    TRUNKLINE_CONCURRENCY: "many",
  });
  expect(err).toMatch(
    /^error: The server did not start\. The end of its log:\n.*TRUNKLINE_CONCURRENCY takes a whole number/,
  );
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

it("serve --detach takes paths in variables from where it is typed", async () => {
  const at = join(dataDir, "..");
  await writeFile(join(at, "settings.json"), "{}");
  await writeFile(join(at, "metrics"), "of-prometheus");
  const relative = {
    ...env,
    TRUNKLINE_CONFIG_FILE: "settings.json",
    TRUNKLINE_METRICS_TOKEN_FILE: "metrics",
  };
  await using cli = new CliProcess(["serve", "-d", "--web", "off"], relative, { cwd: at });
  const started = await cli.ended();
  expect(started).toMatchObject({ exitCode: 0, err: "" });
});
