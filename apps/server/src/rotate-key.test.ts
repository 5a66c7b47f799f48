import { fork } from "node:child_process";
import { once } from "node:events";
import { chown, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { v7 as uuidv7 } from "uuid";
import { expect, it } from "vitest";
import { parseKeys } from "./projects/credential-keys.ts";
import { CredentialVault } from "./projects/credential-vault.ts";
import { rotateKey } from "./rotate-key.ts";
import { SEALED_COLUMNS } from "./store/sealed/sealed-rows.ts";
import { databasePath } from "./store/sqlite/database-path.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import { auditRecord } from "./store/testing/audit-record.ts";
import { TemporaryDirectory } from "./store/testing/temporary-directory.ts";

const KEYS = 30;
const PROGRAM = fileURLToPath(new URL("store/testing/rotating-process.ts", import.meta.url));

async function openStore(dataDir: string) {
  const path = databasePath(dataDir);
  return openSqliteStore({
    path,
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
}

const belongsTo = (provider: string) => `provider-key user ${provider}`;

/** A stopped store with users' keys. */
async function fill(dataDir: string): Promise<void> {
  const vault = new CredentialVault({ sharedDir: dataDir, keyFile: undefined });
  const store = await openStore(dataDir);
  for (let index = 0; index < KEYS; index++) {
    const provider = `p${index}`;
    const sealed = await vault.seal(belongsTo(provider), { key: `secret-${index}` });
    await store.providerKeys.put({ userId: "user", provider, sealed, updatedAt: 1 }, auditRecord());
  }
  await store.close();
}

/** What a server would open with the key file as it is. */
async function readAll(dataDir: string): Promise<unknown[]> {
  const vault = new CredentialVault({ sharedDir: dataDir, keyFile: undefined });
  const store = await openStore(dataDir);
  const found: unknown[] = [];
  for (let index = 0; index < KEYS; index++) {
    const sealed = await store.providerKeys.find("user", `p${index}`);
    found.push(await vault.open(belongsTo(`p${index}`), sealed ?? ""));
  }
  await store.close();
  return found;
}

const keysOf = async (path: string) => parseKeys(await readFile(path, "utf8"));

it("is killed at any moment, and everything is readable; the next one finishes and forgets the old keys", async () => {
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.path;
  await fill(dataDir);
  const secrets = await readAll(dataDir);
  const file = directory.join("credentials.key");
  const [old] = (await readFile(file, "utf8")).split("\n");
  for (const killAt of [1, 15]) {
    const child = fork(PROGRAM, [dataDir], { execArgv: [], stdio: "inherit" });
    const ended = once(child, "exit");
    child.on("message", (done) => {
      if (done === killAt) child.kill("SIGKILL");
    });
    await ended;
    expect((await keysOf(file))?.earlier.length).toBeGreaterThan(0);
    expect(await readAll(dataDir)).toEqual(secrets);
  }
  const place = { dataDir, sharedDir: dataDir, databaseUrl: undefined, keyFile: undefined };
  expect(await rotateKey(place)).toEqual({ file, values: KEYS });
  expect((await keysOf(file))?.earlier).toEqual([]);
  expect(await readFile(file, "utf8")).not.toContain(old);
  expect(await readAll(dataDir)).toEqual(secrets);
});

it("forgets no key while something can't be opened, and refuses under a server", async () => {
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.path;
  await fill(dataDir);
  const place = { dataDir, sharedDir: dataDir, databaseUrl: undefined, keyFile: undefined };
  const store = await openStore(dataDir);
  const of = { userId: uuidv7(), provider: "x" };
  await store.providerKeys.put({ ...of, sealed: "v1:AAAA", updatedAt: 1 }, auditRecord());
  await store.close();
  await expect(rotateKey(place)).rejects.toThrow("can't be opened");
  expect((await keysOf(directory.join("credentials.key")))?.earlier).toHaveLength(1);
});

it("says that there is nothing where there is no directory", async () => {
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.join("none");
  const place = { dataDir, sharedDir: dataDir, databaseUrl: undefined, keyFile: undefined };
  await expect(rotateKey(place)).rejects.toThrow("There is no database");
});

it("refuses another user's directory: the server could not read the key that it writes", async ({ skip }) => {
  skip(process.getuid?.() !== 0, "needs root, to give a directory away");
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.path;
  await fill(dataDir);
  const file = directory.join("credentials.key");
  const before = await readFile(file, "utf8");
  await chown(dataDir, 65_534, 65_534);
  const place = { dataDir, sharedDir: dataDir, databaseUrl: undefined, keyFile: undefined };
  await expect(rotateKey(place)).rejects.toThrow("belongs to another user (uid 65534)");
  expect(await readFile(file, "utf8")).toBe(before);
});

it("removes what no key opens where it comes anew: the key of push notifications", async () => {
  await using directory = await TemporaryDirectory.create();
  const dataDir = directory.path;
  await fill(dataDir);
  const store = await openStore(dataDir);
  await store.pushes.addKey({ publicKey: "p", sealed: "v1:AAAA", createdAt: 1 });
  await store.close();
  const place = { dataDir, sharedDir: dataDir, databaseUrl: undefined, keyFile: undefined };
  expect(await rotateKey(place)).toMatchObject({ values: KEYS });
  const after = await openStore(dataDir);
  expect(await after.pushes.key()).toBeUndefined();
  await after.close();
});

it("knows every encrypted column of the schema", async () => {
  const schema = await readFile(new URL("store/schema.ts", import.meta.url), "utf8");
  const encrypted = schema.match(/[Ee]ncrypted[^\n]*\n\s+(\w+): string/g) ?? [];
  expect(encrypted).toHaveLength(SEALED_COLUMNS.length);
});
