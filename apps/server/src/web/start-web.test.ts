import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findProgram } from "../tools/sandbox/find-program.ts";
import { findSystemMounts } from "../tools/sandbox/system-mounts.ts";
import { processesNaming } from "../tools/sandbox/testing/process-family.ts";
import { startWeb, WEB_ENTRY, type WebSupervisor } from "./start-web.ts";
import { prepareWebSandbox } from "./web-sandbox.ts";
import { createStubApp, type StubApp } from "./testing/stub-app.ts";

let app: StubApp;
let web: WebSupervisor | undefined;
let logLines: string[];
beforeEach(async () => {
  app = await createStubApp();
  logLines = [];
});
afterEach(async () => {
  await web?.stop(0);
  web = undefined;
  await app[Symbol.asyncDispose]();
});

async function start(options: Partial<Parameters<typeof startWeb>[0]> = {}): Promise<WebSupervisor> {
  const logger = pino({ level: "debug" }, { write: (line) => logLines.push(line) });
  web = startWeb({ directory: app.directory, mode: "production", logger, ...options });
  await web.ready;
  return web;
}

const get = async (path: string, url = web?.url()): Promise<string> => (await fetch(`${url}${path}`)).text();

/** Gone, or a zombie. */
async function isGone(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat === "" || stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) === "Z";
}
const untilGone = async (pid: number) => vi.waitFor(async () => expect(await isGone(pid)).toBe(true), 60_000);

const bwrap = await findProgram("bwrap", "");

describe.skipIf(bwrap === null)("H23: the UI's process in a sandbox", () => {
  async function startSandboxed(dataDir: string): Promise<WebSupervisor> {
    const logger = pino({ level: "debug" }, { write: (line) => logLines.push(line) });
    const sandbox = await prepareWebSandbox({
      bwrap,
      system: (await findSystemMounts({ network: false })).arguments,
      directory: app.directory,
      entry: WEB_ENTRY,
      dataDir,
      logger,
    });
    expect(sandbox).not.toBeNull();
    return start({ sandbox });
  }

  it("serves, and sees neither the data directory nor another process, and cannot change the app", async () => {
    await using data = await createStubApp();
    await writeFile(`${data.directory}/token`, "canary");
    await startSandboxed(data.directory);
    expect(await get("/mode")).toBe("production");
    for (const path of [`${data.directory}/token`, "/etc/shadow", `/proc/${process.pid}/environ`]) {
      expect(await get(`/read?${path}`)).toMatch(/^E(NOENT|ACCES)/);
    }
    // Otherwise these could be unreadable for another reason.
    expect(await get(`/read?${app.directory}/package.json`)).toBe("{}");
    expect(await get(`/write?${app.directory}/x`)).toMatch(/^E(ROFS|ACCES)/);
    expect(await get("/write?/tmp/x")).toBe("written");
    const { env } = JSON.parse(await get("/env")) as { env: Record<string, string> };
    expect(Object.keys(env).toSorted()).toEqual([
      "HOME",
      "NEXT_TELEMETRY_DISABLED",
      "NODE_ENV",
      "PATH",
      "PWD",
      // Of next-process.ts itself.
      "__NEXT_PRIVATE_STANDALONE_CONFIG",
    ]);
  });

  it("sees no data directory that lies in the app's own", async () => {
    const dataDir = `${app.directory}/data`;
    await mkdir(dataDir);
    await writeFile(`${dataDir}/token`, "canary");
    await startSandboxed(dataDir);
    expect(await get(`/read?${dataDir}/token`)).toMatch(/^ENOENT/);
  });

  it("is started again, is stopped with what it started, and dies with its bwrap", async () => {
    await using data = await createStubApp();
    await startSandboxed(data.directory);
    await get("/spawn");
    await get("/exit");
    await vi.waitFor(() => expect(web?.url()).toBeNull(), 60_000);
    await vi.waitFor(() => expect(web?.url()).not.toBeNull(), 60_000);
    const served = web!.url()!;
    await web!.stop(2_000);
    await expect(get("/pid", served)).rejects.toThrow();
    await vi.waitFor(async () => expect(await processesNaming(app.directory)).toEqual([]), 60_000);
  });

  it("runs without one where there is none, with a warning", async () => {
    const logger = pino({ level: "debug" }, { write: (line) => logLines.push(line) });
    const options = {
      system: [],
      directory: app.directory,
      entry: WEB_ENTRY,
      dataDir: app.directory,
      logger,
    };
    expect(await prepareWebSandbox({ ...options, bwrap: null })).toBeNull();
    expect(await prepareWebSandbox({ ...options, bwrap: "/bin/false" })).toBeNull();
    expect(logLines.join("")).toContain("is not sandboxed");
    expect(logLines).toHaveLength(2);
  });
});

describe("the UI's process", () => {
  it("listens on loopback, on a port that the system chose", async () => {
    const { url } = await start();
    expect(url.call(web)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await get("/")).toBe(`port ${new URL(web!.url()!).port}`);
    expect(await get("/mode")).toBe("production");
  });

  it("F4: is not started where it was not built, and says so once", async () => {
    await rm(`${app.directory}/.next`, { recursive: true });
    await start();
    expect(web?.url()).toBeNull();
    expect(web?.problem()).toContain("`npm start` builds");
    expect(logLines).toHaveLength(1);
    expect(logLines[0]).toContain("The web UI is not built");
  });

  it("has an environment without anything of ours", async () => {
    vi.stubEnv("OPENAI_API_KEY", "sk-canary");
    vi.stubEnv("NODE_OPTIONS", "--no-warnings");
    await start({ mode: "development" });
    vi.unstubAllEnvs();
    const { env, argv, cwd } = JSON.parse(await get("/env")) as {
      env: Record<string, string>;
      argv: string[];
      cwd: string;
    };
    expect(Object.keys(env).toSorted()).toEqual(["HOME", "NEXT_TELEMETRY_DISABLED", "NODE_ENV", "PATH"]);
    expect(env["NODE_ENV"]).toBe("development");
    expect(JSON.stringify({ env, argv })).not.toContain("canary");
    expect(cwd).toBe(app.directory);
  });

  it("is started again when it dies, and is known to be away in between", async () => {
    await start();
    const first = await get("/pid");
    await get("/exit");
    await vi.waitFor(() => expect(web?.url()).toBeNull(), 60_000);
    expect(() => web?.check()).toThrow("The UI's process does not run");
    await vi.waitFor(() => expect(web?.url()).not.toBeNull(), 60_000);
    expect(() => web?.check()).not.toThrow();
    expect(await get("/pid")).not.toBe(first);
    expect(logLines.join("")).toContain('"code":3');
  });

  it("that cannot start is tried again, slower and slower, and says why", async () => {
    const broken = await createStubApp('throw new Error("no build here");');
    const logger = pino({ level: "debug" }, { write: (line) => logLines.push(line) });
    web = startWeb({ directory: broken.directory, mode: "production", logger });
    const delays = () => logLines.flatMap((line) => (JSON.parse(line) as { delayMs?: number }).delayMs ?? []);
    await vi.waitFor(() => expect(delays()).toEqual([500, 1_000]), 60_000);
    expect(logLines.join("")).toContain("no build here");
    expect(web.url()).toBeNull();
    await web.stop(0);
    await broken[Symbol.asyncDispose]();
  });

  it("is stopped with what it started", async () => {
    await start();
    const pids = [Number(await get("/pid")), Number(await get("/spawn"))];
    await web!.stop(5_000);
    for (const pid of pids) await untilGone(pid);
    expect(web!.url()).toBeNull();
  });

  it("is killed where it does not stop by itself, with what it started", async () => {
    await start();
    await get("/hang");
    const pids = [Number(await get("/pid")), Number(await get("/spawn"))];
    await web!.stop(200);
    for (const pid of pids) await untilGone(pid);
    expect(logLines.join("")).not.toContain("started again");
  });

  it("dies with a server that is killed, and so does what it started", async () => {
    const owner = spawn(
      process.execPath,
      [fileURLToPath(new URL("./testing/web-owner.ts", import.meta.url)), app.directory],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(owner.stdout, "data")) as [Buffer];
    const url = line.toString().trim();
    const pids = [Number(await get("/pid", url)), Number(await get("/spawn", url))];
    owner.kill("SIGKILL");
    for (const pid of pids) await untilGone(pid);
    await expect(get("/pid", url)).rejects.toThrow();
  });

  it("dies with a server that is killed while it still loads", async () => {
    const slow = await createStubApp(
      'module.exports = () => ({ prepare: () => { require("fs").writeFileSync("pid", String(process.pid)); return new Promise(() => setInterval(() => {}, 1000)); } });',
    );
    const owner = spawn(
      process.execPath,
      [fileURLToPath(new URL("./testing/web-owner.ts", import.meta.url)), slow.directory],
      { stdio: "ignore" },
    );
    const pid = await vi.waitFor(
      async () => {
        const text = await readFile(`${slow.directory}/pid`, "utf8");
        expect(text).not.toBe("");
        return Number(text);
      },
      { timeout: 60_000 },
    );
    owner.kill("SIGKILL");
    await untilGone(pid);
    await slow[Symbol.asyncDispose]();
  });
});
