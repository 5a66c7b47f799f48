import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Task } from "@trunkline/contract";
import { ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliProcess, type CliResult } from "./testing/cli-process.ts";
import { TerminalProcess } from "./testing/terminal-process.ts";

let server: ServerFixture;
let directory: string;
let env: Record<string, string>;
const cli = (...args: string[]): Promise<CliResult> => CliProcess.run(args, env);

beforeAll(async () => {
  server = await ServerFixture.start();
  directory = await mkdtemp(join(tmpdir(), "trunkline-line-"));
  env = { TRUNKLINE_DATA_DIR: server.dataDir };
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const newestTask = async (): Promise<Task | undefined> =>
  (await server.client.task.list.query({ limit: 1 })).items[0];

describe("B6: what is piped in is part of the prompt", () => {
  it("behind the words", async () => {
    const { exitCode } = await CliProcess.run(["run", "say: review"], env, "the data\n");
    expect(exitCode).toBe(0);
    expect((await newestTask())?.prompt).toBe("say: review\n\nthe data");
  });

  it("and a pipe that stays open and empty holds nothing up", async () => {
    await using running = new CliProcess(["run", "say: alone"], env, { input: "open" });
    const { exitCode, out, err } = await running.ended();
    expect(out).toContain("alone");
    expect(err).toContain("Nothing was piped in");
    expect(exitCode).toBe(0);
  });
});

it.each([
  ["sessions"],
  ["doctor"],
  ["stop"],
  ["logs"],
  ["backup", "-"],
  ["restore", "no-such-backup"],
  ["import", "PATH"],
])("H19: a directory's name does nothing to the terminal — %s", async (...words) => {
  const path = join(directory, "a\u001b]0;evil\u0007b\nc\u001b[2Jd\u009bx");
  const args = words.map((word) => (word === "PATH" ? path : word));
  const { out, err } = await CliProcess.run(["--data-dir", path, ...args], {});
  expect(out + err).not.toBe("");
  // oxlint-disable-next-line no-control-regex
  expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
});

describe("B7: paths", () => {
  it("a relative data directory is one directory, with --detach too", async () => {
    const here = join(directory, "here");
    await mkdir(here);
    const elsewhere = { TRUNKLINE_PORT: "0" };
    const started = await CliProcess.run(
      ["serve", "-d", "--web", "off", "--data-dir", "rel"],
      elsewhere,
      "",
      here,
    );
    expect(started.err).toBe("");
    expect(started.out).toContain(join(here, "rel", "logs", "trunkline.log"));
    // The hints address the same server.
    expect(started.out).toContain("trunkline stop --data-dir rel");
    expect((await CliProcess.run(["stop", "--data-dir", "rel"], elsewhere, "", here)).out).toContain(
      "Stopped",
    );
    expect(await readdir(here)).toEqual(["rel"]);
    expect(await readdir(join(here, "rel"))).not.toContain("rel");
  });

  it.each([
    ["/proc/foo", "no directory can be created there"],
    ["/dev/null", "part of the path is not a directory"],
    ["/dev/null/x", "part of the path is not a directory"],
    [`/tmp/${"x".repeat(300)}`, "the name is too long"],
  ])("--data-dir %s is refused with a sentence", async (dataDir, why) => {
    for (const args of [["serve", "-d"], ["serve"], ["run", "--start", "x"]]) {
      const { exitCode, err } = await CliProcess.run([...args, "--data-dir", dataDir], {});
      expect(err).toBe(
        `error: Can't use ${dataDir} as the data directory: ${why}. Choose another: --data-dir PATH.\n`,
      );
      expect(exitCode).toBe(2);
    }
  });

  it("a backup goes into a file, or is refused with a sentence", async () => {
    expect((await cli("backup", "-")).err).toContain("Name a file");
    expect((await cli("backup", directory)).err).toBe(
      `error: ${directory} is a directory. Name a file in it.\n`,
    );
    expect((await cli("backup", "/nowhere/b.db")).err).toBe(
      "error: Can't write to /nowhere: it does not exist.\n",
    );
    expect((await cli("restore", "/nowhere/b.db")).err).toBe(
      "error: Can't restore /nowhere/b.db: it does not exist.\n",
    );
    const home = { ...env, HOME: directory };
    expect((await CliProcess.run(["backup", "~/b.db"], home)).out).toContain(join(directory, "b.db"));
  });

  it.skipIf(process.platform !== "linux")("a full disk is told of, once, and nothing else", async () => {
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: kept" });
    for (const args of [
      ["sessions"],
      ["sessions", "--json"],
      ["export", sessionId],
      ["run", "--no-project", "--final", "say: x"],
      ["attach", sessionId],
      ["--help"],
    ]) {
      await using shell = new CliProcess(args, env, { output: "/dev/full" });
      const { exitCode, err } = await shell.ended();
      expect(err.split("\n").filter((line) => line.startsWith("error:"))).toEqual([
        "error: Can't write the output: the disk is full.",
      ]);
      expect(err).not.toMatch(/^\s+at /m);
      expect(exitCode).toBe(1);
    }
  });

  it("--out is resolved too", async () => {
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: kept" });
    const home = { ...env, HOME: directory };
    expect((await CliProcess.run(["export", sessionId, "--out=~/s.json"], home)).exitCode).toBe(0);
    expect(await readdir(directory)).toContain("s.json");
    expect((await cli("export", sessionId, "--out", directory)).err).toContain("Can't write");
    expect(JSON.parse((await cli("export", sessionId, "--out", "-")).out)).toMatchObject({
      format: "trunkline.session",
    });
  });
});

describe("F5: ids", () => {
  it("by their beginning, or last", async () => {
    const { sessionId, taskId } = await server.client.task.submit.mutate({ prompt: "say: found" });
    await waitFor(
      "its end",
      async () => (await server.client.task.get.query({ taskId })).state === "completed",
    );
    expect((await cli("attach", sessionId.slice(0, 20))).out).toContain("found");
    expect((await cli("attach", "last")).out).toContain("found");
    expect((await cli("rename", "last", "New", "title")).out).toBe("Renamed: New title\n");
    expect((await cli("retry", taskId.slice(0, 20))).exitCode).toBe(0);
    expect((await cli("attach", "ffff")).err).toBe(
      "error: No session starts with 'ffff'. List them: trunkline sessions.\n",
    );
    const many = await cli("attach", sessionId.slice(0, 4));
    expect(many.exitCode).toBe(2);
    expect(many.err).toContain(`sessions start with '${sessionId.slice(0, 4)}'. Give more of the id:`);
    expect(many.err).toContain(sessionId);
  });

  it("from a list at a terminal", async () => {
    await server.client.task.submit.mutate({ prompt: "say: pick me" });
    await using terminal = new TerminalProcess(["archive"], env);
    await terminal.shows("  1  ");
    await terminal.shows("Which session? [1-");
    terminal.type("1\r");
    await terminal.shows("Archived: say: pick me");
    expect(await terminal.ended()).toBe(0);
  });
});

describe("F6", () => {
  it("a row of tasks is bounded in a pipe too, and the queue's order is visible", async () => {
    const { sessionId, taskId } = await server.client.task.submit.mutate({ prompt: "wait: 600" });
    await server.client.task.submit.mutate({ sessionId, prompt: `say: second ${"x".repeat(150_000)}` });
    await server.client.task.submit.mutate({ sessionId, prompt: "say: third" });
    const { out } = await cli("tasks", "-s", sessionId);
    expect(out.length).toBeLessThan(2_000);
    expect(out).toMatch(/queued, no\. 2 .*third\n.*queued, no\. 1 .*second x+…\n/);
    await server.client.task.cancel.mutate({ taskId });
  });

  it("--final prints the answer and nothing else", async () => {
    const { exitCode, out, err } = await cli("run", "--final", "run: echo noise\nsay: the answer");
    expect(out).toContain("the answer");
    expect(out).not.toMatch(/✓|echo noise {2}/);
    expect(err).toBe("");
    expect(exitCode).toBe(0);
    expect((await cli("run", "--final", "--model", "openai:none", "x")).out).toBe("");
  });
});

it("F1: hints name the server that the command named", async () => {
  const token = join(directory, "a token");
  await writeFile(token, server.token);
  const flags = ["--url", server.url, "--token-file", token];
  const { out } = await CliProcess.run(["run", "-d", "say: hint", ...flags], {});
  const hint = /trunkline (attach .+)/.exec(out)?.[1] ?? "";
  expect(hint).toContain(`--url ${server.url} --token-file '${token}'`);
});

describe("F7: errors are sentences", () => {
  it("of a port that is in use", async () => {
    const { port } = new URL(server.url);
    const { err } = await CliProcess.run(["serve", "-d", "--web", "off", "--port", port], {
      TRUNKLINE_DATA_DIR: join(directory, "other"),
    });
    expect(err).toBe(
      `error: The server did not start. Port ${port} is in use. Choose another: --port N or TRUNKLINE_PORT.\n`,
    );
  });

  it("of TLS towards a server that speaks HTTP, of names, and of another program's port", async () => {
    const https = server.url.replace("http:", "https:");
    expect((await cli("tasks", "--url", https)).err).toBe(
      `error: That server speaks HTTP, not HTTPS. Try ${server.url}.\n`,
    );
    const other = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    await once(other, "listening");
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    expect((await cli("tasks", "--url", url)).err).toBe(
      `error: The server at ${url} is not a Trunkline server. Check the address.\n`,
    );
    other.close();
    expect((await cli("tasks", "--url", "http://127.0.0.1:9")).err).toMatch(
      /^error: Port 9 belongs to another service/,
    );
  });

  it("of an event that a session does not have", async () => {
    const { sessionId } = await server.client.task.submit.mutate({ prompt: "say: short" });
    expect((await cli("fork", sessionId, "--at", "9999")).err).toMatch(
      /^error: --at 9999: this session has \d+ events?\.\n$/,
    );
  });
});

it("H12: whoever listens at the default address hears no token, and is not asked", async () => {
  let heard = 0;
  const stranger = createServer((_, response) => {
    heard += 1;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const dataDir = join(directory, "crashed");
  await mkdir(dataDir);
  await writeFile(join(dataDir, "token"), "tl_secret");
  const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  // The pid was reused by a program that does not listen there.
  await writeFile(
    join(dataDir, "server.json"),
    JSON.stringify({ pid: process.ppid, url, startedAt: Date.now() }),
  );
  for (const args of [["tasks"], ["login"], ["run", "x"], ["doctor"]]) {
    const { err, out } = await CliProcess.run(args, { TRUNKLINE_DATA_DIR: dataDir });
    expect(err + out).toContain("Its token was not sent.");
  }
  expect((await CliProcess.run(["stop"], { TRUNKLINE_DATA_DIR: dataDir })).exitCode).toBe(1);
  expect(heard).toBe(0);
  stranger.close();
});
