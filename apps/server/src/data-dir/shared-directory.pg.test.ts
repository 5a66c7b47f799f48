import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from "vitest";
import { SHARED_DIRECTORY_FILE, SharedDirectory } from "./shared-directory.ts";
import type { Store } from "../store/port.ts";
import { openPostgresStore } from "../store/postgres/postgres-store.ts";

const logger = pino({ level: "silent" });
let server: PostgresServer;
let store: Store;
let root: string;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  store = await openPostgresStore({
    url: await server.createDatabase(),
    node: "test",
    now: Date.now,
    logger,
  });
  root = await mkdtemp(join(tmpdir(), "trunkline-shared-"));
});
afterEach(async () => {
  await store.close();
  await rm(root, { recursive: true });
});

const open = async (directory: string, name = "b") =>
  SharedDirectory.open({ store: store.sharedDirectory!, directory, name, logger });

it("takes any number of nodes at once that see one directory", async () => {
  const nodes = await Promise.all(Array.from({ length: 5 }, async (_, index) => open(root, `node-${index}`)));
  for (const node of nodes) node.check();
  expect(await readdir(join(root, "nodes"))).toHaveLength(5);
  for (const node of nodes) await node.stop();
  expect(await readdir(join(root, "nodes"))).toEqual([]);
});

it("lets nodes come while others go", async () => {
  for (let round = 0; round < 20; round++) {
    const going = await Promise.all([open(root), open(root)]);
    const [coming] = await Promise.all([open(root), ...going.map(async (node) => node.stop())]);
    expect(() => coming.check()).not.toThrow();
    await coming.stop();
  }
});

it("refuses another directory, and leaves it as it was", async () => {
  const first = await open(root);
  const other = await mkdtemp(join(tmpdir(), "trunkline-other-"));
  await expect(open(other)).rejects.toThrow(`${other} is not the directory that this database's workspaces`);
  expect(await readdir(other)).toEqual([]);
  await first.stop();
  // Even without any node left: its files are still somewhere.
  await expect(open(other)).rejects.toThrow("set TRUNKLINE_SHARED_DIR to it on every node");
  await rm(other, { recursive: true });
});

it("refuses a copy, which looks the same but for what the others write now", async () => {
  await (await open(root)).stop();
  const copy = await mkdtemp(join(tmpdir(), "trunkline-copy-"));
  await cp(root, copy, { recursive: true });
  const first = await open(root, "a");
  await expect(open(copy)).rejects.toThrow("is a copy of the directory that node 'a' uses");
  await first.stop();
  await rm(copy, { recursive: true });
});

it("does as the error says where the directory is lost for good", async () => {
  await (await open(root)).stop();
  const id = await readFile(join(root, SHARED_DIRECTORY_FILE), "utf8");
  const fresh = await mkdtemp(join(tmpdir(), "trunkline-fresh-"));
  await expect(open(fresh)).rejects.toThrow(`echo ${id.trim()} > '${join(fresh, SHARED_DIRECTORY_FILE)}'`);
  await cp(join(root, SHARED_DIRECTORY_FILE), join(fresh, SHARED_DIRECTORY_FILE));
  const node = await open(fresh);
  node.check();
  await node.stop();
  await rm(fresh, { recursive: true });
});
