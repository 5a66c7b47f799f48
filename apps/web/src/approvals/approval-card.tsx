import { Check, X } from "lucide-react";
import { type KeyboardEvent, type SyntheticEvent, useState } from "react";
import { useDraft } from "../composer/use-draft.ts";
import { isField } from "../keys/on-key.ts";
import { HighlightedCode } from "../markdown/code-block.tsx";
import { Button } from "../ui/button.tsx";
import { Keys } from "../ui/keys.tsx";
import { AlwaysStep, type MadeRule } from "./always-step.tsx";
import type { OpenApproval } from "./open-approvals.ts";
import { requestWords } from "./request-words.ts";
import { notePlace } from "./unsent-words.ts";
import { useMayAnswer } from "./use-may-answer.ts";

interface ApprovalCardProps {
  approval: OpenApproval;
  /** Whether its session works in a project. */
  hasProject: boolean;
  isAnswering: boolean;
  decide: (decision: "allow" | "always" | "deny", note: string, made?: MadeRule) => void;
}

/**
 * A tool call that needs approval. Keys work only on the card's focused buttons: Enter presses, Esc denies. No bare
 * letter answers anything, and "always" takes a second step.
 */
export function ApprovalCard({ approval, hasProject, isAnswering, decide }: ApprovalCardProps) {
  const { detail, language } = requestWords(approval);
  const { text: note, draft } = useDraft(notePlace(approval.approvalId));
  const [isAsking, setIsAsking] = useState(false);
  const { isSettled, isMeant } = useMayAnswer(approval.approvalId);
  const isOff = !isSettled || isAnswering;
  const answer = (event: SyntheticEvent, decision: "allow" | "deny"): void => {
    if (isMeant(event) && !isOff) decide(decision, note);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.nativeEvent.repeat) {
      // A held Enter would press whatever button comes next.
      if (event.key === "Enter" && !isField(event.target)) event.preventDefault();
      return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      answer(event, "allow");
    } else if (event.key === "Escape" && !isField(event.target)) {
      event.preventDefault();
      if (isAsking) setIsAsking(false);
      else answer(event, "deny");
    }
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the buttons and the field within
    <div onKeyDown={onKeyDown}>
      <pre
        tabIndex={0}
        aria-label="What would be done"
        className="mx-3.5 mt-2 max-h-40 overflow-auto rounded-md border border-line bg-background px-2.5 py-1.5 font-mono text-code break-words whitespace-pre-wrap"
      >
        <HighlightedCode code={detail} language={language} />
      </pre>
      {isAsking && approval.always !== null ? (
        <AlwaysStep
          always={approval.always}
          rules={approval.rules}
          hasProject={hasProject}
          isOff={isAnswering}
          confirm={(made) => decide("always", note, made)}
          back={() => setIsAsking(false)}
        />
      ) : (
        <div className="flex flex-wrap items-center gap-2 px-3.5 pt-2 pb-2.5">
          <input
            dir="auto"
            value={note}
            maxLength={2_000}
            autoComplete="off"
            aria-label="Note to the agent"
            placeholder="Optional note to the agent"
            onChange={(event) => draft.write(event.target.value)}
            className="h-7.5 min-w-44 grow rounded-md border border-line-strong bg-background px-2.5 text-sm outline-none placeholder:text-faint focus:border-accent max-md:w-full max-md:text-[16px]"
          />
          <Button disabled={isOff} onClick={(event) => answer(event, "deny")}>
            <X aria-hidden className="size-3.5" /> Deny
          </Button>
          {approval.always !== null && (
            <Button
              disabled={isOff}
              onClick={(event) => {
                if (isMeant(event)) setIsAsking(true);
              }}
            >
              Always allow…
            </Button>
          )}
          <Button look="primary" disabled={isOff} onClick={(event) => answer(event, "allow")}>
            <Check aria-hidden className="size-3.5" /> Allow
          </Button>
        </div>
      )}
      {!isAsking && (
        <p className="px-3.5 pb-2 text-xs text-faint pointer-coarse:hidden">
          On a focused button: <Keys keys="↵" /> presses it, <Keys keys="Esc" /> denies
        </p>
      )}
    </div>
  );
}
