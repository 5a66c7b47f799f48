import {
  exactPattern,
  faultOfTerms,
  hostOfAddress,
  isPathTerm,
  plainCommand,
  type RuleTerms,
} from "@trunkline/contract";
import type { CallToJudge } from "../port.ts";

/** The longest command that a rule can hold. */
const MAX_PATTERN_LENGTH = 2_000;
/** What runs the command in its arguments: with any of them it could be anything. */
const RUNS_ANYTHING =
  /^(?:.*\/)?(?:sh|bash|dash|zsh|ksh|fish|busybox|env|sudo|doas|xargs|parallel|exec|eval|command|builtin|source|\.|nice|nohup|timeout|time|watch|ssh|find|awk|python[0-9.]*|node|perl|ruby)$/;

/** Rules that would allow the call, the narrowest first: what `always` offers. */
export function suggestedRules({ tool, input, workspace }: CallToJudge): RuleTerms[] {
  // Of a tool that somebody else describes, only as it is described now.
  const name = tool.revision === undefined ? tool.name : `${tool.name}:${tool.revision}`;
  const rules: RuleTerms[] = [];
  const command = tool.command?.(input);
  const address = tool.address?.(input);
  if (command !== undefined) {
    rules.push(...commandRules(name, command));
  } else if (address !== undefined) {
    const host = hostOfAddress(address);
    if (host !== null) rules.push({ tool: name, host });
  } else {
    const paths = tool.locations?.(input) ?? [];
    const [only] = paths;
    if (only !== undefined && paths.length === 1) rules.push(...pathRules(name, only.path, workspace));
  }
  rules.push({ tool: name });
  return rules;
}

function commandRules(tool: string, command: string): RuleTerms[] {
  const rules: RuleTerms[] = [];
  const exact = exactPattern(command);
  const isOneLine = !/[\p{C}\p{Zl}\p{Zp}]/u.test(command) && command.trim() === command;
  if (isOneLine && exact.length <= MAX_PATTERN_LENGTH) rules.push({ tool, pattern: exact });
  const [program = "", subcommand = ""] = plainCommand(command) ?? [];
  const isSubcommand = /^[a-z][a-z0-9:-]*$/.test(subcommand);
  if (isSubcommand && /^[\w./-]+$/.test(program) && !RUNS_ANYTHING.test(program)) {
    rules.push({ tool, pattern: `${program} ${subcommand} *` });
  }
  return rules.filter((rule) => faultOfTerms({ effect: "allow", ...rule }) === null);
}

function pathRules(tool: string, path: string, workspace: string): RuleTerms[] {
  const inside = path.startsWith(`${workspace}/`) ? path.slice(workspace.length + 1) : path;
  const isNameable = isPathTerm(inside) && !inside.includes("*") && !/[\p{C}\p{Zl}\p{Zp}]/u.test(inside);
  if (inside.startsWith("/") || !isNameable || inside.length > 900 || inside.trim() !== inside) return [];
  const directory = inside.split("/").slice(0, -1).join("/");
  const rules: RuleTerms[] = [{ tool, path: inside }];
  if (directory !== "") rules.push({ tool, path: `${directory}/**` });
  return rules;
}
