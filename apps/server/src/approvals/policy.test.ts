import type { ToolEffect } from "@trunkline/contract";
import { describe, expect, it, test } from "vitest";
import { createApprovalPolicy } from "./policy.ts";
import type { ApprovalMode, CallToJudge, RuleInForce, SessionTrust, ToolNature } from "./port.ts";

const trusting: SessionTrust = { hasReadUntrusted: false, isAllowedForGood: () => false, rules: [] };
const wary: SessionTrust = { ...trusting, hasReadUntrusted: true };
const now = () => 1_000;

const tool = (effects: ToolEffect[], nature: Partial<ToolNature> = {}): ToolNature => ({
  name: "tool",
  kind: "other",
  effects,
  ...nature,
});
const call = (of: ToolNature, input: unknown = {}): CallToJudge => ({ tool: of, input, workspace: "/w" });

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
    const policy = createApprovalPolicy({ mode, now });
    const need = needs[mode];
    const asks = (trust: SessionTrust) => policy.verdictOn(call(tool(effects)), trust).type === "ask";
    expect(policy.needOf(tool(effects)), mode).toBe(need);
    expect(asks(trusting), mode).toBe(need === "always");
    expect(asks(wary), mode).toBe(need !== "never");
  }
});

describe("always", () => {
  const policy = createApprovalPolicy({ mode: "auto", now });
  const page = tool(["egress"], { address: (input) => (input as { url: string }).url });
  const shell = tool(["egress"], {
    name: "bash",
    kind: "execute",
    command: (input) => (input as { command: string }).command,
  });
  const offered = (judged: CallToJudge) => {
    const verdict = policy.verdictOn(judged, wary);
    return verdict.type === "ask" ? verdict.demand : null;
  };

  it.each([
    [call(tool(["egress"])), "every call of tool", [{ tool: "tool" }]],
    [
      call(page, { url: "https://a.example/x" }),
      "tool on a.example",
      [{ tool: "tool", host: "a.example" }, { tool: "tool" }],
    ],
    [
      call(page, { url: "http://127.0.0.1:1/x" }),
      "tool on 127.0.0.1:1",
      [{ tool: "tool", host: "127.0.0.1:1" }, { tool: "tool" }],
    ],
    [call(page, { url: "nonsense" }), "every call of tool", [{ tool: "tool" }]],
    [
      call(shell, { command: "npm test -- --watch=false" }),
      "bash `npm test -- --watch=false`",
      [
        { tool: "bash", pattern: "npm test -- --watch=false" },
        { tool: "bash", pattern: "npm test *" },
        { tool: "bash" },
      ],
    ],
    // What runs whatever its arguments say is offered only as it is.
    [
      call(shell, { command: "sudo make" }),
      "bash `sudo make`",
      [{ tool: "bash", pattern: "sudo make" }, { tool: "bash" }],
    ],
    [
      call(shell, { command: "rm *.log && a\\b" }),
      "bash `rm \\*.log && a\\\\b`",
      [{ tool: "bash", pattern: "rm \\*.log && a\\\\b" }, { tool: "bash" }],
    ],
    [call(shell, { command: "cat <<E\nx\nE" }), "every call of bash", [{ tool: "bash" }]],
  ])("%j offers %s", (judged, always, rules) => {
    expect(offered(judged)).toMatchObject({ always, rules });
    // Each of them would allow the call.
    for (const rule of rules) {
      const made: RuleInForce = { ...rule, effect: "allow", level: "session", expiresAt: null };
      const verdict = policy.verdictOn(judged, { ...wary, rules: [made] });
      expect(verdict).toMatchObject({ type: "allow" });
    }
  });

  it("of a file is the file, or its directory", () => {
    const write = tool(["egress"], { kind: "edit", locations: () => [{ path: "src/a.ts" }] });
    expect(offered(call(write))).toMatchObject({
      rules: [{ tool: "tool", path: "src/a.ts" }, { tool: "tool", path: "src/**" }, { tool: "tool" }],
    });
  });

  it("from before there were rules frees what it allowed then, and nothing else", () => {
    const trust: SessionTrust = {
      ...wary,
      isAllowedForGood: (always) => always === "tool https://a.example",
    };
    const typeOf = (judged: CallToJudge) => policy.verdictOn(judged, trust).type;
    expect(typeOf(call(page, { url: "https://a.example/x" }))).toBe("allow");
    expect(typeOf(call(page, { url: "https://b.example/x" }))).toBe("ask");
    expect(typeOf(call(tool(["egress"])))).toBe("ask");
  });
});
