import { UNKNOWN_TOOL } from "./call-names.ts";
import type { LegacySession } from "./legacy-session.ts";
import type { Remarks } from "./remarks.ts";
import type { SessionCosts } from "./session-costs.ts";
import type { Turns } from "./to-turns.ts";

const MAX_LISTED_NAMES = 10;

/** @returns the note at the head of the transcript: where the session is from, and what was left out. */
export function provenanceOf(
  session: LegacySession,
  { turns, attachments, systemPromptLength }: Turns,
  { counts }: Remarks,
  costs: SessionCosts | null,
): string {
  const said = [`Imported from alex: ${session.id}.`];
  if (session.forkedFrom !== null) said.push(`Forked from ${session.forkedFrom}.`);
  if (session.workingDirectory !== null) said.push(`It worked in ${session.workingDirectory}.`);
  if ((counts["calls-lost"] ?? 0) > 0) {
    said.push(`Its file has tool results without their calls; these are shown as ${UNKNOWN_TOOL}.`);
  }
  if (systemPromptLength > 0) {
    said.push(`Its system prompt of ${systemPromptLength} characters was omitted: Trunkline has its own.`);
  }
  if (attachments.length > 0) said.push(`Attachments were omitted: ${listed(attachments)}.`);
  if (costs !== null) said.push(usageSentence(costs, turns.length));
  return said.join(" ");
}

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED_NAMES;
  return names.slice(0, MAX_LISTED_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function usageSentence({ inputTokens, outputTokens, costUsd, models }: SessionCosts, turns: number): string {
  const by = models.length === 0 ? "" : ` with ${listed(models)}`;
  const whole = turns > 1 ? "; recorded per session, counted with its last task" : "";
  return `It used ${inputTokens} input and ${outputTokens} output tokens${by}, for $${costUsd.toFixed(4)}${whole}.`;
}
