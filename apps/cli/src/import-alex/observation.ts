import type { LegacyResult } from "./legacy-session.ts";

const OBSERVATION = /^Tool (\S+) (?:result:(?:\n|$)|failed: ?)/;

/**
 * Reads what the first generation told its model of a tool call, in the user's name: `Tool <id> result:\n…` or
 * `Tool <id> failed: …`. A person who began a prompt with these very words is not told apart.
 *
 * @returns null where the text is something else
 */
export function readObservation(text: string): LegacyResult | null {
  const match = OBSERVATION.exec(text);
  const callId = match?.[1];
  if (match === null || callId === undefined) return null;
  return { callId, output: text.slice(match[0].length), failed: / failed: ?$/.test(match[0]) };
}
