import { ruleInWords } from "@trunkline/contract";
import type { ApprovalRow } from "@trunkline/contract/session-view";
import { type LucideIcon, ShieldAlert, ShieldCheck, ShieldX } from "lucide-react";
import { requestWords } from "../approvals/request-words.ts";
import { questionOf } from "../approvals/open-approvals.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { toolWords } from "./tool-words.ts";

const LOOKS: Readonly<Record<string, { icon: LucideIcon; words: string; color: string }>> = {
  open: { icon: ShieldAlert, words: "Waiting for approval", color: "text-waits" },
  allow: { icon: ShieldCheck, words: "Allowed", color: "text-done" },
  always: { icon: ShieldCheck, words: "Always allowed", color: "text-done" },
  deny: { icon: ShieldX, words: "Denied", color: "text-failed" },
  expired: { icon: ShieldX, words: "Timed out", color: "text-canceled" },
  canceled: { icon: ShieldX, words: "No longer needed", color: "text-canceled" },
} satisfies Record<ApprovalRow["state"], unknown>;

/** An approval or question, and its outcome. */
export function ApprovalLine({ row }: { row: ApprovalRow }) {
  const { icon: Icon, words, color } = LOOKS[row.state] ?? { icon: ShieldAlert, words: row.state, color: "" };
  const { verb, target } = toolWords(row);
  const question = questionOf(row);
  const answer = question === null ? null : answerWords(row);
  return (
    <div className="my-1 flex items-start gap-2.5 rounded-lg border border-line px-3 py-2 text-sm">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${color}`} strokeWidth={1.75} />
      <div className="min-w-0 grow">
        <p className={`font-medium break-words whitespace-pre-wrap ${color}`}>
          {answer ?? words}
          {answer === null && row.by !== null && <span className="font-normal text-muted"> by {row.by}</span>}
        </p>
        {row.rule !== undefined && (
          <p className="break-words text-muted">
            {revealHidden(ruleInWords({ ...row.rule, effect: "allow" }))}
          </p>
        )}
        {question === null ? (
          <p className="truncate font-mono text-code">{target === "" ? verb : target}</p>
        ) : (
          <p dir="auto" className="break-words whitespace-pre-wrap">
            {revealHidden(question.text)}
          </p>
        )}
        {row.note !== null && question === null && (
          <p dir="auto" className="break-words whitespace-pre-wrap">
            “{row.note}”
          </p>
        )}
        {row.reason !== "" && question === null && <p className="text-muted">{requestWords(row).reason}</p>}
      </div>
    </div>
  );
}

/** How a question was answered; null if it was not. */
function answerWords({ state, by, note }: ApprovalRow): string | null {
  if (state === "open") return "Waiting for your answer";
  if (state === "expired" || state === "canceled") return null;
  const who = by === null ? "" : ` by ${by}`;
  if (note !== null) return `Answered${who}: "${note}"`;
  return state === "deny" ? `Not answered${who}` : `Answered${who}: "Yes"`;
}
