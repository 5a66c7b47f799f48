/**
 * Remarks on an imported session: what its file lacked, and what Trunkline has no place for. Counted per session and in
 * total.
 */
export const REMARKS = {
  "may-have-overwritten":
    "named after the second it began in: it may have overwritten another session of the same second",
  "id-differs-from-name": "the id in the file differs from the file name; the id is used",
  "calls-lost": "tool results without their calls in the file; shown as unknown_tool",
  "results-lost": "tool calls without a result in the file; shown as interrupted",
  "prompt-lost": "answers that no prompt comes before",
  unanswered: "prompts without an answer; shown as canceled",
  "system-prompts-left-out": "system prompts left out: Trunkline has its own",
  "attachments-left-out": "attachments left out: only their names are kept",
  "unknown-roles": "messages of an unknown role, kept as notices",
  "unreadable-messages": "entries that are no messages, left out",
  "times-unknown": "no readable creation time; taken from the id, the messages or the file's date",
  "usage-of-session": "tokens known for the session as a whole, counted with its last task",
} as const;

export type RemarkCode = keyof typeof REMARKS;
export const REMARK_CODES = Object.keys(REMARKS) as RemarkCode[];

/** Counts; zero ones are absent. */
export class Remarks {
  readonly counts: Partial<Record<RemarkCode, number>> = {};

  add(code: RemarkCode, count = 1): void {
    if (count > 0) this.counts[code] = (this.counts[code] ?? 0) + count;
  }

  addAll(counts: Remarks["counts"]): void {
    for (const code of REMARK_CODES) this.add(code, counts[code] ?? 0);
  }
}
