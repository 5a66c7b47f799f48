import type { RuleEffect, RuleLevel, RuleTerms } from "../rule.ts";

/** What a rule matches, in words: bash `npm test`. They fit behind "Allow", "Ask before" and "Deny". */
export function termsInWords({ tool, pattern, path, host }: RuleTerms): string {
  const what = tool === "*" ? "any tool" : tool;
  if (pattern !== undefined) return `${what ?? "command"} \`${pattern}\``;
  if (path !== undefined) return `${what ?? "any tool"} on \`${path}\``;
  if (host !== undefined) return `${what ?? "any tool"} on ${host}`;
  return `every call of ${what ?? "any tool"}`;
}

/** A whole rule in words: Allow bash `npm test` in this session. */
export function ruleInWords(rule: RuleTerms & { effect: RuleEffect; level: RuleLevel }): string {
  return `${EFFECTS[rule.effect] ?? rule.effect} ${termsInWords(rule)} ${LEVELS[rule.level] ?? rule.level}`;
}

const EFFECTS: Readonly<Record<string, string>> = { allow: "Allow", ask: "Ask before", deny: "Deny" };

const LEVELS: Readonly<Record<string, string>> = {
  operator: "for everybody on this server",
  user: "in all your sessions",
  project: "in your sessions of this project",
  session: "in this session",
} satisfies Record<RuleLevel, string>;
