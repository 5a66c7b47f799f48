import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CredentialVault } from "../../projects/credential-vault.ts";
import { createKeyRing } from "./key-ring.ts";

it("stores a key encrypted, for its user and its provider alone", async () => {
  await using directory = await mkdtempDisposable(join(tmpdir(), "trunkline-keys-"));
  const rows = new Map<string, string>();
  const store = {
    find: async (userId: string, provider: string) => rows.get(`${userId} ${provider}`),
    providersOf: async () => [],
  };
  const vault = new CredentialVault({ sharedDir: directory.path, keyFile: undefined });
  const ring = createKeyRing(store, vault);
  const sealed = await ring.seal("ann", "groq", "sk-canary");
  expect(Buffer.from(sealed.replace("v1:", ""), "base64").includes("sk-canary")).toBe(false);
  for (const row of ["ann groq", "ann other", "bob groq"]) rows.set(row, sealed);
  expect(await ring.find("ann", "groq")).toBe("sk-canary");
  expect(await ring.find("carl", "groq")).toBeNull();
  await expect(ring.find("ann", "other")).rejects.toThrow(/stored with another key/);
  await expect(ring.find("bob", "groq")).rejects.toThrow(/stored with another key/);
});
