import { revealHidden } from "../text/reveal-hidden.ts";

export const DEFAULT_AGENT = "default";

const NAMES: Readonly<Record<string, string>> = {
  [DEFAULT_AGENT]: "All tools",
  "read-only": "Read only",
  plan: "Plan",
};

/** An agent's name for people; others go by their own. */
export function agentName(name: string): string {
  return NAMES[name] ?? revealHidden(name.replace(/^acp:/, ""));
}
