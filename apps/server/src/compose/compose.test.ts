import { packagesLoadedBy } from "@trunkline/testkit";
import { expect, it } from "vitest";

it("a start loads nothing that takes long and that most servers do without", async () => {
  const loaded = await packagesLoadedBy(new URL("compose.ts", import.meta.url));
  expect(loaded).toContain("kysely");
  for (const name of [
    "@agentclientprotocol/sdk",
    "@modelcontextprotocol/sdk",
    "ajv",
    "pg",
    "pg-boss",
    "yaml",
  ])
    expect(loaded).not.toContain(name);
});
