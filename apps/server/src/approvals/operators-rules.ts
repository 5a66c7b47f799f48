import type { ApprovalRule, RuleEffect, RuleTerms } from "@trunkline/contract";

/** As the configuration file has them. */
export type OperatorsRules = readonly (RuleTerms & { effect: RuleEffect })[];

/** The rules of the configuration file, as lists show them. */
export function operatorsRules(rules: OperatorsRules, readAt: number): ApprovalRule[] {
  return rules.map((rule, index) => ({
    ...rule,
    id: `operator-${index + 1}`,
    level: "operator",
    createdBy: "operator",
    createdAt: readAt,
    expiresAt: null,
  }));
}
