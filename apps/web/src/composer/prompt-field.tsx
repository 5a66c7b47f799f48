import { type KeyboardEvent, useEffect, useRef } from "react";
import { useIme } from "./ime.ts";

interface PromptFieldProps {
  text: string;
  write: (text: string) => void;
  /** Enter. */
  keep: () => void;
  /** Blur. */
  leave: () => void;
  /** Esc. */
  discard: () => void;
}

/** Edits a queued prompt. */
export function PromptField({ text, write, keep, leave, discard }: PromptFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const ime = useIme();
  /** What moves the focus after Esc is no leaving that saves. */
  const isDiscarded = useRef(false);
  useEffect(() => field.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (ime.owns(event)) return;
    if (event.key === "Escape") {
      isDiscarded.current = true;
      discard();
    } else if (event.key === "Enter" && !event.shiftKey) keep();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <textarea
      ref={field}
      dir="auto"
      value={text}
      rows={1}
      aria-label="Queued message"
      onChange={(event) => write(event.target.value)}
      onBlur={() => {
        if (!isDiscarded.current) leave();
      }}
      onKeyDown={onKeyDown}
      onCompositionEnd={ime.onCompositionEnd}
      className="field-sizing-content max-h-24 min-w-0 grow resize-none bg-transparent py-1.5 text-sm outline-none max-md:text-[16px]"
    />
  );
}
