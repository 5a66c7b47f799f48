import assert from "node:assert";
import { termsInWords, type ToolEffect } from "@trunkline/contract";
import type { ApprovalMode, ApprovalPolicy, CallToJudge, RuleInForce, ToolNature } from "./port.ts";
import { judge } from "./rules/judge.ts";
import { suggestedRules } from "./rules/suggested-rules.ts";

export interface PolicyDeps {
  mode: ApprovalMode;
  /** The operator's, the user's and the project's. */
  rules?: readonly RuleInForce[];
  /** Integer ms since the epoch. */
  now: () => number;
}

/** docs/decisions/012-what-needs-an-approval.md, docs/approvals.md */
export function createApprovalPolicy({ mode, rules = [], now }: PolicyDeps): ApprovalPolicy {
  const needOf = ({ effects }: ToolNature) => {
    if (effects.includes("asks")) return "always";
    if (mode !== "never" && effects.includes("third-party")) return "always";
    if (mode === "never" || !effects.some((effect) => ASKED_FOR[mode].includes(effect))) return "never";
    return mode === "always" ? "always" : "untrusted";
  };

  return {
    needOf,
    verdictOn(call, trust) {
      const { tool } = call;
      const verdict = judge(call, [...trust.rules, ...rules], now());
      if (verdict.type === "deny") return verdict;
      if (verdict.type === "ask") return { type: "ask", demand: { reason: reasonOfRule(verdict) } };
      const { checksPaths } = verdict;
      if (verdict.type === "allow") return { type: "allow", rule: verdict.rule, checksPaths };
      const need = needOf(tool);
      if (need === "never" || (need === "untrusted" && !trust.hasReadUntrusted)) {
        return { type: "allow", checksPaths };
      }
      if (tool.effects.includes("asks")) {
        return { type: "ask", demand: { reason: "The agent asks you a question" } };
      }
      if (trust.isAllowedForGood(formerScope(call))) return { type: "allow", checksPaths };
      const suggested = suggestedRules(call);
      const [first] = suggested;
      assert(first !== undefined);
      const demand = { reason: reasonOf(tool, need), always: termsInWords(first), rules: suggested };
      return { type: "ask", demand };
    },
  };
}

/** What `always` allowed before there were rules: a tool, or one origin of it. */
function formerScope({ tool, input }: CallToJudge): string {
  const address = tool.address?.(input);
  return address === undefined ? tool.name : `${tool.name} ${URL.parse(address)?.origin ?? ""}`;
}

function reasonOfRule({ rule, isDoubt }: { rule: string; isDoubt: boolean }): string {
  return isDoubt ? `This rule may apply, which can't be told for certain: ${rule}` : `By a rule: ${rule}`;
}

const ASKED_FOR: Readonly<Record<Exclude<ApprovalMode, "never">, readonly ToolEffect[]>> = {
  auto: ["egress", "writes-outside"],
  always: ["egress", "writes-outside", "changes-workspace"],
};

function reasonOf({ kind, effects }: ToolNature, need: "untrusted" | "always"): string {
  const deeds = effects.flatMap((effect) => DEEDS[effect] ?? []);
  assert(deeds.length > 0);
  const what = `${kind === "execute" ? "This command" : "This call"} can ${deeds.join(" and ")}`;
  return need === "always" ? what : `${what}, and this session has read untrusted text`;
}

const DEEDS: Partial<Record<ToolEffect, string>> = {
  "changes-workspace": "modify files in the workspace",
  "writes-outside": "make changes outside the workspace",
  egress: "access the network",
};
