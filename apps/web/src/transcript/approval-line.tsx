import type { ApprovalRow } from "@trunkline/contract/session-view";
import { ShieldAlert, ShieldCheck, ShieldX } from "lucide-react";
import { toolWords } from "./tool-words.ts";

const LOOKS = {
  open: { icon: ShieldAlert, words: "Waits for an approval", color: "text-waits" },
  allow: { icon: ShieldCheck, words: "Allowed", color: "text-done" },
  always: { icon: ShieldCheck, words: "Allowed from now on", color: "text-done" },
  deny: { icon: ShieldX, words: "Denied", color: "text-failed" },
  expired: { icon: ShieldX, words: "Not answered in time", color: "text-canceled" },
  canceled: { icon: ShieldX, words: "Not needed any more", color: "text-canceled" },
} as const;

/** The same about a question of the model, which is no more than that. */
const QUESTION_WORDS: Readonly<Record<ApprovalRow["state"], string>> = {
  open: "Waits for your answer",
  allow: "Answered yes",
  always: "Answered yes",
  deny: "Answered no",
  expired: LOOKS.expired.words,
  canceled: LOOKS.canceled.words,
};

/** A call that somebody has to allow, and what became of it. */
export function ApprovalLine({ row }: { row: ApprovalRow }) {
  const { icon: Icon, words, color } = LOOKS[row.state];
  const { verb, target } = toolWords(row.tool, row.input);
  const isQuestion = row.tool === "ask_user";
  return (
    <div className="my-1 flex items-start gap-2.5 rounded-lg border border-line px-3 py-2 text-sm">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${color}`} strokeWidth={1.75} />
      <div className="min-w-0 grow">
        <p className={`font-medium ${color}`}>
          {isQuestion ? QUESTION_WORDS[row.state] : words}
          {row.by !== null && <span className="font-normal text-muted"> by {row.by}</span>}
        </p>
        <p className={isQuestion ? "break-words whitespace-pre-wrap" : "truncate font-mono text-code"}>
          {target === "" ? verb : target}
        </p>
        {row.note !== null && <p className="break-words whitespace-pre-wrap">“{row.note}”</p>}
        {row.reason !== "" && !isQuestion && <p className="text-muted">{row.reason}</p>}
      </div>
    </div>
  );
}
