import { appendFile, readFile, stat } from "node:fs/promises";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { RevocationLedger } from "./revocation-ledger.ts";

it("H17: what was revoked and removed is known again, and who was brought back keeps revoked tokens", async () => {
  await using directory = await TemporaryDirectory.create();
  const ledger = new RevocationLedger(directory.path);
  expect(await ledger.read()).toEqual({ tokens: new Map(), users: new Map() });
  await ledger.add({ tokenHash: "a", at: 1 });
  await ledger.add({ removedUserId: "bob", at: 2 }, { removedUserId: "eve", at: 3 });
  await ledger.add({ restoredUserId: "bob", at: 4 });
  expect(await new RevocationLedger(directory.path).read()).toEqual({
    tokens: new Map([["a", 1]]),
    users: new Map([
      ["bob", { at: 2, isRemoved: false }],
      ["eve", { at: 3, isRemoved: true }],
    ]),
  });
  expect((await stat(directory.join("revocations"))).mode & 0o777).toBe(0o600);
});

it("H17: a line that was cut off takes no other along", async () => {
  await using directory = await TemporaryDirectory.create();
  const ledger = new RevocationLedger(directory.path);
  await ledger.add({ tokenHash: "a", at: 1 });
  await appendFile(directory.join("revocations"), '{"tokenHash":"cut');
  await ledger.add({ tokenHash: "b", at: 2 });
  expect([...(await ledger.read()).tokens.keys()]).toEqual(["a", "b"]);
  expect(await readFile(directory.join("revocations"), "utf8")).toContain("cut");
});
