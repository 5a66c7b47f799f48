import type { LegacyResult } from "./legacy-session.ts";

const OBSERVATION = /^Tool (\S+) (?:result:(?:\n|$)|failed: ?)/;

/**
 * Parses a tool result as the first generation wrote it, in the user's name: `Tool <id> result:\n…` or `Tool <id>
 * failed: …`. A prompt that starts with these words is indistinguishable.
 *
 * @returns null for any other text
 */
export function readObservation(text: string): LegacyResult | null {
  const match = OBSERVATION.exec(text);
  const callId = match?.[1];
  if (match === null || callId === undefined) return null;
  return { callId, output: text.slice(match[0].length), failed: / failed: ?$/.test(match[0]) };
}
