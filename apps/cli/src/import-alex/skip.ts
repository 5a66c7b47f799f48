/** Why a file was not imported; follows its name in the output. */
export const SKIP_REASONS = {
  "wrong-extension": "not named like a session (.json)",
  "not-a-session": "JSON, but no session",
  empty: "contains no conversation",
  "plan-without-session": "a plan without its session",
  duplicate: "the same session as another file",
  truncated: "cut off in the middle",
  "invalid-json": "not JSON",
  unreadable: "cannot be read",
  "too-large": "too large for one import",
  unconvertible: "cannot be converted to a Trunkline session",
  refused: "refused by the server",
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

/** For any other reason nothing was lost. */
const LOSSES: readonly SkipReason[] = [
  "truncated",
  "invalid-json",
  "unreadable",
  "too-large",
  "unconvertible",
  "refused",
];

export interface Skip {
  reason: SkipReason;
  /** Details, and what to do. */
  message: string;
}

/** Whether a session is left behind that somebody may want. */
export function isLoss({ reason }: Skip): boolean {
  return LOSSES.includes(reason);
}

export function skip(reason: SkipReason, message: string = SKIP_REASONS[reason]): { skip: Skip } {
  return { skip: { reason, message } };
}
