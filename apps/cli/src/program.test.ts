import { packagesLoadedBy } from "@trunkline/testkit";
import { expect, it } from "vitest";

it("a command loads nothing that only another one needs, where that takes long", async () => {
  const loaded = await packagesLoadedBy(new URL("program.ts", import.meta.url));
  expect(loaded).toContain("commander");
  expect(loaded).not.toContain("@agentclientprotocol/sdk");
});
