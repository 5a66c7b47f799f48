import { readFile } from "node:fs/promises";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { expect, it } from "vitest";
import { parseKeys } from "./projects/credential-keys.ts";
import { CredentialVault } from "./projects/credential-vault.ts";
import { rotateKey } from "./rotate-key.ts";
import { openPostgresStore } from "./store/postgres/postgres-store.ts";
import { auditRecord } from "./store/testing/audit-record.ts";
import { TemporaryDirectory } from "./store/testing/temporary-directory.ts";

const KEYS = 5;

it("rotates the key of values in PostgreSQL, not under a node, and the old key opens none of them", async () => {
  await using postgres = await PostgresServer.start();
  await using directory = await TemporaryDirectory.create();
  const databaseUrl = await postgres.createDatabase();
  const place = { dataDir: directory.path, sharedDir: directory.path, databaseUrl, keyFile: undefined };
  const store = await openPostgresStore({
    url: databaseUrl,
    node: "test",
    now: Date.now,
    logger: pino({ level: "silent" }),
  });
  const vault = new CredentialVault(place);
  const belongsTo = (provider: string) => `provider-key user ${provider}`;
  for (let index = 0; index < KEYS; index++) {
    const sealed = await vault.seal(belongsTo(`p${index}`), { key: `secret-${index}` });
    await store.providerKeys.put(
      { userId: "user", provider: `p${index}`, sealed, updatedAt: 1 },
      auditRecord(),
    );
  }
  const file = directory.join("credentials.key");
  const keysOf = async () => parseKeys(await readFile(file, "utf8"));
  const before = await keysOf();

  await store.nodes.renew({ id: "n", name: "box", startedAt: 1 }, 60_000);
  await expect(rotateKey(place)).rejects.toThrow("box still runs");
  expect(await keysOf()).toEqual(before);
  await store.nodes.leave("n");

  expect(await rotateKey(place)).toEqual({ file, values: KEYS });
  const after = await keysOf();
  expect(after?.earlier).toEqual([]);
  expect(after?.current).not.toEqual(before?.current);
  const anew = new CredentialVault(place);
  for (let index = 0; index < KEYS; index++) {
    const sealed = (await store.providerKeys.find("user", `p${index}`)) ?? "";
    expect(await anew.open(belongsTo(`p${index}`), sealed)).toEqual({ key: `secret-${index}` });
    await expect(vault.open(belongsTo(`p${index}`), sealed)).rejects.toThrow();
  }
  await store.close();
});
