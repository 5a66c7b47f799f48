import { appendFile, mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LogFiles } from "./log-files.ts";
import { readLog } from "./read-log.ts";

let dataDir: string;
let path: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "trunkline-log-"));
  path = join(dataDir, "logs", "trunkline.log");
  await mkdir(join(dataDir, "logs"));
});
afterEach(async () => rm(dataDir, { recursive: true }));

const line = (msg: string, level = 30) => `${JSON.stringify({ level, msg })}\n`;
const said = (text: string) => (JSON.parse(text) as { msg: string }).msg;

it("keeps the log to its owner, in files of bounded size", async () => {
  const files = new LogFiles(join(dataDir, "logs"));
  for (let index = 0; index < 12; index++) files.write(line("x".repeat(1_000_000)));
  await files.close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(path)).size).toBeLessThan(10.5 * 1_048_576);
});

it("reads back through older files as far as it must", async () => {
  await writeFile(`${path}.1`, line("a") + line("b", 40));
  await writeFile(path, line("c") + line("d", 40));
  const last = async (count: number, minLevel = 0) =>
    (await Array.fromAsync(readLog(dataDir, { last: count, filter: { minLevel } }))).map(said);
  expect(await last(3)).toEqual(["b", "c", "d"]);
  expect(await last(10, 40)).toEqual(["b", "d"]);
  expect(await last(0)).toEqual([]);
});

it("follows a log across its rotation, and shows no half line", async () => {
  await writeFile(path, `${line("a")}{"msg":`);
  const stop = new AbortController();
  const log = readLog(dataDir, { last: 1, filter: {}, follow: stop.signal });
  const next = async () => said((await log.next()).value ?? "");
  expect(await next()).toBe("a");
  await appendFile(path, `"b"}\n`);
  expect(await next()).toBe("b");
  await appendFile(path, line("c"));
  await rename(path, `${path}.1`);
  await writeFile(path, line("d"));
  expect([await next(), await next()]).toEqual(["c", "d"]);
  stop.abort();
  expect((await log.next()).done).toBe(true);
});
