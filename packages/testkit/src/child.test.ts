import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Child } from "./child.ts";
import { isProcessAlive } from "./process-alive.ts";
import { waitFor } from "./wait-for.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "testkit-child-"));
});
afterAll(() => rm(directory, { recursive: true }));

async function start(source: string): Promise<Child> {
  const file = join(directory, `${crypto.randomUUID()}.mjs`);
  await writeFile(file, source);
  return new Child(file, []);
}

describe("Child", () => {
  test("finds a line that is printed later, and one that was printed before", async () => {
    const child = await start(`console.log("ready at 7"); setInterval(() => {}, 1000);`);
    const pick = (line: string) => /ready at (\d+)/.exec(line)?.[1];
    await expect(child.waitForLine("ready", pick)).resolves.toBe("7");
    await expect(child.waitForLine("ready", pick)).resolves.toBe("7");
    await expect(child.end()).resolves.toEqual({ code: null, signal: "SIGTERM" });
    expect(child.isRunning).toBe(false);
  });

  test("an exit before the line is an error with the output", async () => {
    const child = await start(`console.error("no disk"); process.exitCode = 3;`);
    await expect(child.waitForLine("ready", () => undefined)).rejects.toThrow(/code 3[^]*no disk/);
  });

  test("a line that does not come is an error with what the process did last", async () => {
    const child = await start(`console.log("probing"); setInterval(() => {}, 1000);`);
    await child.waitForLine("its start", (line) => (line === "probing" ? line : undefined));
    await expect(child.waitForLine("ready", () => undefined, 1)).rejects.toThrow(
      /waited 1 ms for ready; the process has said \nprobing/,
    );
    await child.end();
  });

  test("what ignores SIGTERM is killed after the grace", async () => {
    const child = await start(
      `process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000);`,
    );
    await child.waitForLine("up", (line) => (line === "up" ? line : undefined));
    await expect(child.end("SIGTERM", 100)).resolves.toEqual({ code: null, signal: "SIGKILL" });
  });

  test("a grandchild that holds the output open does not hold the exit back", async () => {
    const child = await start(`
      import { spawn } from "node:child_process";
      const grandchild = spawn("sleep", ["290"], { stdio: "inherit", detached: true });
      grandchild.unref();
      console.log("pid " + grandchild.pid);
    `);
    const pid = await child.waitForLine("the pid", (line) => /pid (\d+)/.exec(line)?.[1]);
    await child.exited;
    // It is still running, so that is not what was waited for.
    expect(process.kill(Number(pid), "SIGKILL")).toBe(true);
  });

  test("does not outlive a parent that is killed", async () => {
    const childFile = join(directory, "endless.mjs");
    await writeFile(childFile, "setInterval(() => {}, 1000);");
    const parent = await start(`
      import { Child } from ${JSON.stringify(import.meta.resolve("./child.ts"))};
      console.log("pid " + new Child(${JSON.stringify(childFile)}, []).pid);
    `);
    const pid = Number(await parent.waitForLine("the pid", (line) => /pid (\d+)/.exec(line)?.[1]));
    await parent.end("SIGKILL");
    await expect(waitFor("its end", () => !isProcessAlive(pid))).resolves.toBe(true);
    expect(isProcessAlive(process.pid)).toBe(true);
  });
});
