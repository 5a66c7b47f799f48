import assert from "node:assert";
import type { ToolEffect } from "@trunkline/contract";
import type { ApprovalMode, ApprovalPolicy, ToolNature } from "./port.ts";

/** docs/decisions/012-what-needs-an-approval.md */
export function createApprovalPolicy(mode: ApprovalMode): ApprovalPolicy {
  const needOf = ({ effects }: ToolNature) => {
    if (effects.includes("asks")) return "always";
    if (mode === "never" || !effects.some((effect) => ASKED_FOR[mode].includes(effect))) return "never";
    return mode === "always" ? "always" : "untrusted";
  };

  return {
    needOf,
    demandOf(tool, input, trust) {
      const need = needOf(tool);
      if (need === "never" || (need === "untrusted" && !trust.hasReadUntrusted)) return null;
      if (tool.effects.includes("asks")) return { reason: "The agent asks you a question" };
      const reason = reasonOf(tool, need);
      const scope = tool.scopeOf?.(input);
      if (scope === null) return { reason };
      const always = scope === undefined ? tool.name : `${tool.name} ${scope}`;
      return trust.isAllowedForGood(always) ? null : { reason, always };
    },
  };
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
