import type { ToolEffect } from "@trunkline/contract";
import { describe, expect, it, test } from "vitest";
import { createApprovalPolicy } from "./policy.ts";
import type { ApprovalMode, SessionTrust, ToolNature } from "./port.ts";

const trusting: SessionTrust = { hasReadUntrusted: false, isAllowedForGood: () => false };
const wary: SessionTrust = { ...trusting, hasReadUntrusted: true };

const tool = (effects: ToolEffect[], scopeOf?: ToolNature["scopeOf"]): ToolNature => ({
  name: "tool",
  kind: "other",
  effects,
  scopeOf,
});

test.each<[ToolEffect[], Record<ApprovalMode, "never" | "untrusted" | "always">]>([
  [[], { auto: "never", always: "never", never: "never" }],
  [["reads-untrusted"], { auto: "never", always: "never", never: "never" }],
  [["changes-workspace"], { auto: "never", always: "always", never: "never" }],
  [["egress"], { auto: "untrusted", always: "always", never: "never" }],
  [["writes-outside"], { auto: "untrusted", always: "always", never: "never" }],
  [["egress", "reads-untrusted"], { auto: "untrusted", always: "always", never: "never" }],
  [["asks"], { auto: "always", always: "always", never: "always" }],
])("a tool with the effects %j", (effects, needs) => {
  for (const mode of ["auto", "always", "never"] as const) {
    const policy = createApprovalPolicy(mode);
    const need = needs[mode];
    expect(policy.needOf(tool(effects)), mode).toBe(need);
    expect(policy.demandOf(tool(effects), {}, trusting) !== null, mode).toBe(need === "always");
    expect(policy.demandOf(tool(effects), {}, wary) !== null, mode).toBe(need !== "never");
  }
});

describe("always", () => {
  const policy = createApprovalPolicy("auto");
  const page = tool(["egress"], (input) => (input as { origin: string }).origin);

  it("offers the tool, or of the tool what it names as the call's scope", () => {
    expect(policy.demandOf(tool(["egress"]), {}, wary)).toEqual({
      reason: "This call can access the network, and this session has read untrusted text",
      always: "tool",
    });
    expect(policy.demandOf(page, { origin: "https://a" }, wary)).toMatchObject({ always: "tool https://a" });
  });

  it("is not offered where the tool says that nothing may be allowed for good", () => {
    expect(
      policy.demandOf(
        tool(["egress"], () => null),
        {},
        wary,
      ),
    ).not.toHaveProperty("always");
  });

  it("frees what it allowed, and nothing else", () => {
    const trust: SessionTrust = { ...wary, isAllowedForGood: (always) => always === "tool https://a" };
    expect(policy.demandOf(page, { origin: "https://a" }, trust)).toBeNull();
    expect(policy.demandOf(page, { origin: "https://b" }, trust)).not.toBeNull();
    expect(policy.demandOf(tool(["egress"]), {}, trust)).not.toBeNull();
  });
});
