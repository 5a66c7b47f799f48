import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { useWhenReady } from "../ui/use-when-ready.ts";
import type { Choice } from "./command.ts";
import { type Mark, markFor, placeOf } from "./marked-choice.ts";
import { triggerAt } from "./trigger.ts";
import { type CompletionSources, useChoices } from "./use-choices.ts";

export interface Completion {
  choices: readonly Choice[];
  active: number;
  choose(choice: Choice): void;
  /** @returns whether the key was for the list. */
  onKeyDown(event: KeyboardEvent): boolean;
  /** The caret moved; -1: it left the field. */
  onCaret(caret: number): void;
}

interface Completed {
  text: string;
  write: (text: string) => void;
  /** What Enter does where nothing completes it. */
  enter: () => void;
}

/** Completes what is typed: `@` with files, `/` with commands. */
export function useCompletion(
  field: { current: HTMLTextAreaElement | null },
  { text, write, enter }: Completed,
  sources: CompletionSources,
): Completion {
  const [caret, setCaret] = useState(-1);
  const [lastMark, setMark] = useState<Mark>({ of: "", key: "" });
  /** Esc closes the list of this word. */
  const [closedAt, setClosedAt] = useState<string | null>(null);
  const caretAfter = useRef<number | null>(null);
  const lastCaret = useRef(caret);
  const found = triggerAt(text, Math.min(caret, text.length));
  const word = found === null ? null : `${found.kind}:${found.from}`;
  const trigger = word === closedAt ? null : found;
  const { choices, isLoading } = useChoices(trigger, sources);
  const of = trigger === null ? "" : `${word}:${trigger.query}`;
  const mark = markFor(choices, lastMark, of);
  if (mark !== lastMark) setMark(mark);
  const active = placeOf(choices, mark, of);
  useLayoutEffect(() => {
    if (caretAfter.current === null) return;
    field.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = null;
  });
  const choose = ({ text: chosen = "", run }: Choice): void => {
    if (trigger === null) return;
    const { kind, from, to } = trigger;
    const rest = kind === "command" ? "" : text.slice(to);
    caretAfter.current = from + chosen.length;
    lastCaret.current = caretAfter.current;
    setCaret(caretAfter.current);
    write(text.slice(0, from) + chosen + rest);
    field.current?.focus();
    run?.();
  };
  // Enter right after a letter takes what the letter finds, once that is known.
  const enterLate = useWhenReady(`${of} ${text}`, !isLoading, () => {
    const [first] = choices;
    if (first === undefined) enter();
    else choose(first);
  });
  return {
    choices,
    active,
    choose,
    onCaret(next) {
      // A key moves it and is then said to have selected it: once is enough.
      if (next !== lastCaret.current) setCaret(next);
      lastCaret.current = next;
      if (closedAt !== null && word !== closedAt) setClosedAt(null);
    },
    onKeyDown(event) {
      const choice = choices[active];
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
      if (choices.length === 0) {
        if (event.key !== "Enter" || !isLoading) return false;
        event.preventDefault();
        if (!event.repeat) enterLate();
        return true;
      }
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      const next = step > 0 ? (active + 1) % choices.length : Math.max(active, 0) - 1;
      if (step !== 0) setMark({ of, key: choices.at(next)?.key ?? "" });
      else if (event.key === "Escape") setClosedAt(word);
      else if (event.key === "Enter" || event.key === "Tab") {
        // What was marked went just before the key: it takes nothing else.
        if (choice === undefined) setMark({ of, key: choices[0]?.key ?? "" });
        else if (!event.repeat) choose(choice);
      } else return false;
      event.preventDefault();
      return true;
    },
  };
}
