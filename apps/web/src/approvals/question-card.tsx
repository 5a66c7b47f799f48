import type { KeyboardEvent, SyntheticEvent } from "react";
import { useIme } from "../composer/ime.ts";
import { isTouch } from "../composer/use-composer-keys.ts";
import { useDraft } from "../composer/use-draft.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { useWhenReady } from "../ui/use-when-ready.ts";
import type { Question } from "./open-approvals.ts";
import { typedFrom } from "./typed-form.ts";
import { choicePlace, notePlace } from "./unsent-words.ts";
import { useMayAnswer } from "./use-may-answer.ts";

interface QuestionCardProps {
  id: string;
  question: Question;
  isAnswering: boolean;
  /** @param options ids of the chosen ones */
  reply: (text: string, options: readonly string[]) => void;
  /** Null for a plain question, which can't be denied. */
  decline: (() => void) | null;
}

/** A question from the agent: answered with text, its options, or both. Enter sends. */
export function QuestionCard({ id, question, isAnswering, reply, decline }: QuestionCardProps) {
  const { text, draft } = useDraft(notePlace(id));
  const { text: kept, draft: choice } = useDraft(choicePlace(id));
  const { chosen: known } = typedFrom(kept);
  const chosen = Array.isArray(known) ? known : [];
  const ime = useIme();
  const { isSettled, isMeant } = useMayAnswer(id);
  const isOff = !isSettled || isAnswering;
  const hasAnswer = text.trim() !== "" || chosen.length > 0;
  const canSend = !isOff && hasAnswer;
  const send = (options: readonly string[] = chosen): void => reply(text.trim(), options);
  // Written and sent within the card's first second: sent after it.
  const sendOnceSettled = useWhenReady(text, isSettled, () => {
    if (canSend) send();
  });
  const choose = (event: SyntheticEvent, option: string): void => {
    if (!isMeant(event)) return;
    if (question.multiple) {
      const next = chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option];
      choice.write(JSON.stringify({ chosen: next }));
    } else send([option]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (ime.owns(event) || event.key !== "Enter" || event.shiftKey || isTouch()) return;
    event.preventDefault();
    // What is typed here belongs to this question, whenever it is sent.
    if (hasAnswer && !event.repeat) sendOnceSettled();
  };
  return (
    <>
      <p dir="auto" className="max-h-48 overflow-y-auto px-3.5 pt-1 break-words whitespace-pre-wrap">
        {revealHidden(question.text)}
      </p>
      {question.options.length > 0 && (
        <fieldset aria-label="Options" className="flex flex-wrap gap-2 px-3.5 pt-2">
          {question.options.map((option) => (
            <Button
              key={option.id}
              disabled={isOff}
              aria-pressed={question.multiple ? chosen.includes(option.id) : undefined}
              data-hint={option.description}
              className="h-auto min-h-7.5 max-w-full py-1 [overflow-wrap:anywhere] whitespace-normal! aria-pressed:border-accent aria-pressed:bg-accent-soft"
              onClick={(event) => choose(event, option.id)}
            >
              {revealHidden(option.label)}
            </Button>
          ))}
        </fieldset>
      )}
      <div className="flex flex-wrap items-end gap-2 px-3.5 pt-2 pb-2.5">
        <textarea
          dir="auto"
          value={text}
          rows={1}
          maxLength={2_000}
          aria-label="Your answer"
          placeholder="Your answer"
          onChange={(event) => draft.write(event.target.value)}
          onCompositionEnd={ime.onCompositionEnd}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-40 min-h-7.5 min-w-44 grow resize-none rounded-md border border-line-strong bg-background px-2.5 py-1 text-sm outline-none placeholder:text-faint focus:border-accent max-md:w-full max-md:text-[16px]"
        />
        {decline !== null && (
          <Button
            look="quiet"
            disabled={isOff}
            onClick={(event) => {
              if (isMeant(event)) decline();
            }}
          >
            Don't answer
          </Button>
        )}
        <Button look="primary" disabled={!canSend} onClick={() => send()}>
          Send answer
        </Button>
      </div>
    </>
  );
}
