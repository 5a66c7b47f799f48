import { expect, it } from "vitest";
import { SessionRules } from "./session-rules.ts";

it("a project that is no longer shared opens the network of its owner's sessions alone", async () => {
  const project = { ownerId: "alice", network: "on", allowedHosts: ["example.com"], shared: true };
  const projects = { find: async () => project };
  const policy = { mode: "allowlist", isOffForAll: false, listed: [] } as const;
  const rules = new SessionRules(projects as never, async () => "p", policy);
  const modes = async () =>
    Promise.all(
      ["alice", "bob"].map(async (ownerId) => (await rules.ruleOf({ sessionId: "s", ownerId })).mode),
    );
  expect(await modes()).toEqual(["on", "on"]);
  project.shared = false;
  expect(await modes()).toEqual(["on", "off"]);
});
