import { type RuleLevel, ruleInWords } from "@trunkline/contract";
import type { CallToJudge, RuleInForce } from "../port.ts";
import { JudgedCall } from "./judged-call.ts";

/** What the rules say of a call. */
export type RulesVerdict =
  /** Nothing. */
  | { type: "none"; checksPaths: boolean }
  | { type: "allow"; rule: string; checksPaths: boolean }
  /** `isDoubt`: the rule may be about it, which can't be told for certain. */
  | { type: "ask"; rule: string; isDoubt: boolean }
  | { type: "deny"; rule: string };

/** The most specific first. */
const LEVELS: readonly RuleLevel[] = ["session", "project", "user", "operator"];

/**
 * A rule that denies decides, whatever the others say. Among the rest the most specific level does; at the same level one that
 * asks. A rule that denies or asks, and may be about the call, makes it ask (docs/approvals.md).
 */
export function judge(call: CallToJudge, rules: readonly RuleInForce[], now: number): RulesVerdict {
  const judged = new JudgedCall(call);
  const inForce = rules.filter(
    (rule) => (rule.expiresAt === null || rule.expiresAt > now) && judged.concerns(rule),
  );
  // A link could lead to a file that a rule is about, or away from one.
  const checksPaths = inForce.some(({ path }) => path !== undefined);
  let doubt: RuleInForce | undefined;
  for (const rule of inForce) {
    if (rule.effect !== "deny") continue;
    const match = judged.mayFit(rule);
    if (match === "yes") return { type: "deny", rule: ruleInWords(rule) };
    if (match === "maybe") doubt ??= rule;
  }
  if (doubt !== undefined) return { type: "ask", rule: ruleInWords(doubt), isDoubt: true };
  for (const level of LEVELS) {
    const ofLevel = inForce.filter((rule) => rule.level === level);
    for (const rule of ofLevel) {
      if (rule.effect !== "ask") continue;
      const match = judged.mayFit(rule);
      if (match === "yes") return { type: "ask", rule: ruleInWords(rule), isDoubt: false };
      if (match === "maybe") doubt ??= rule;
    }
    if (doubt !== undefined) return { type: "ask", rule: ruleInWords(doubt), isDoubt: true };
    const allowing = ofLevel.find((rule) => rule.effect === "allow" && judged.fitsForCertain(rule));
    if (allowing !== undefined) return { type: "allow", rule: ruleInWords(allowing), checksPaths };
  }
  return { type: "none", checksPaths };
}
