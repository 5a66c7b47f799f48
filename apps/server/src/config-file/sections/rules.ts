import { faultOfTerms } from "@trunkline/contract";
import { RuleEffect, RuleTerms } from "@trunkline/contract/schemas";
import { z } from "zod";

const { tool, pattern, path, host } = RuleTerms.shape;

const rule = z
  .strictObject({
    effect: RuleEffect.describe("What happens to calls that it fits: allow, ask or deny."),
    tool: tool.describe("Name of the tool; '*' stands for any characters."),
    pattern: pattern.describe("A command, such as 'npm test *'."),
    path: path.describe("Files, relative to the workspace, such as 'src/**'."),
    host: host.describe("Host of an address, such as '*.example.com'."),
  })
  .superRefine((given, context) => {
    const fault = faultOfTerms(given);
    if (fault !== null) context.addIssue({ code: "custom", path: [fault.term], message: fault.message });
  });

/** Approval rules for everybody on this server. What they deny, nobody can allow. */
export const rules = z
  .array(rule)
  .max(200)
  .describe(
    "Approval rules for everybody on this server: what they deny nobody can allow. See docs/approvals.md.",
  );
