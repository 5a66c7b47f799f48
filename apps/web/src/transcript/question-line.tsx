import { formValuesText } from "@trunkline/contract";
import type { QuestionRow } from "@trunkline/contract/session-view";
import { MessageCircleQuestionMark } from "lucide-react";
import { revealHidden } from "../text/reveal-hidden.ts";

const COLORS = {
  open: "text-waits",
  answered: "text-done",
  expired: "text-canceled",
  canceled: "text-canceled",
} as const;

/** A question from the agent, and its outcome. */
export function QuestionLine({ row }: { row: QuestionRow }) {
  const color = COLORS[row.state];
  return (
    <div className="my-1 flex items-start gap-2.5 rounded-lg border border-line px-3 py-2 text-sm">
      <MessageCircleQuestionMark
        aria-hidden
        className={`mt-0.5 size-4 shrink-0 ${color}`}
        strokeWidth={1.75}
      />
      <div className="min-w-0 grow">
        <p className={`font-medium break-words whitespace-pre-wrap ${color}`}>{outcomeOf(row)}</p>
        <p dir="auto" className="break-words whitespace-pre-wrap">
          {revealHidden(row.text)}
        </p>
      </div>
    </div>
  );
}

function outcomeOf({ state, by, answer, options, form, isRepeated }: QuestionRow): string {
  switch (state) {
    case "open":
      return "Waiting for your answer";
    case "expired":
      return "Timed out";
    case "canceled":
      return "No longer needed";
    case "answered": {
      const when = isRepeated === true ? " before the restart" : "";
      const who = by === null ? when : ` by ${by}${when}`;
      if (answer?.declined === true) return `Declined${who}`;
      if (form !== null) {
        const values = formValuesText(form.fields, answer?.values ?? {});
        return values === "" ? `Accepted${who}` : `Answered${who}: ${values}`;
      }
      const labels = (answer?.options ?? []).map((id) => options.find((one) => one.id === id)?.label ?? id);
      const words = [...labels, ...(answer?.text === undefined ? [] : [answer.text])].join(", ");
      return `Answered${who}: "${words}"`;
    }
  }
}
