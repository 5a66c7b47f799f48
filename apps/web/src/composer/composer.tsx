import { MAX_PROMPT_LENGTH } from "@trunkline/contract";
import {
  type ReactNode,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from "react";
import { plural } from "../text/quantity.ts";
import { SendButton, type Stop, StopButtons } from "./composer-buttons.tsx";
import { DraftNotes } from "./draft-notes.tsx";
import { isTouch, useComposerKeys } from "./use-composer-keys.ts";
import { useDraft } from "./use-draft.ts";

export interface ComposerHandle {
  focus(): void;
  /** Replaces the text. */
  fill(text: string): void;
}

export interface ComposerProps {
  /** Key of the draft: a session's id, or `new`. */
  place: string;
  placeholder: string;
  /** Takes over the text, which is kept until the server has it. */
  submit: (prompt: string) => void;
  /** Null while nothing runs. */
  stop: Stop | null;
  /** Whether a new prompt would be queued. */
  isBusy: boolean;
  /** Left of the buttons. */
  children?: ReactNode;
  handle?: RefObject<ComposerHandle | null>;
}

/** The message box. It has the focus when its page opens, and keeps it after sending. */
export function Composer(props: ComposerProps) {
  const { place, placeholder, submit, stop, isBusy, children, handle } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, draft, isKept, others } = useDraft(place);
  const tooMuch = text.length - MAX_PROMPT_LENGTH;
  const canSend = text.trim() !== "" && tooMuch <= 0;

  const send = (): void => {
    if (!canSend) return;
    field.current?.focus();
    draft.write("");
    submit(text);
  };
  const { keys, isArmed } = useComposerKeys({
    send,
    stop: stop?.stop ?? null,
    // Focus the transcript, where scrolling and single keys work.
    leave: () => document.querySelector<HTMLElement>("[data-pane]")?.focus(),
  });
  useLayoutEffect(() => {
    // The page is visible before its script runs: keep what was typed meanwhile.
    const typed = field.current?.value ?? "";
    if (typed !== "" && typed !== draft.text()) draft.write(typed);
  }, [draft]);
  useEffect(() => {
    // A phone's keyboard would cover the transcript.
    if (!isTouch() && !isInDialog()) field.current?.focus({ preventScroll: true });
  }, []);
  useImperativeHandle(handle, () => ({
    focus: () => field.current?.focus(),
    fill(filled) {
      draft.write(filled);
      field.current?.focus();
    },
  }));

  return (
    <form
      aria-label="New message"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="rounded-xl border border-line-strong bg-background transition-colors focus-within:border-accent"
    >
      <DraftNotes draft={draft} isKept={isKept} others={others} />
      <textarea
        ref={field}
        id="message"
        dir="auto"
        value={text}
        rows={1}
        aria-label="Message"
        aria-invalid={tooMuch > 0}
        placeholder={placeholder}
        onChange={(event) => draft.write(event.target.value)}
        {...keys}
        className="block field-sizing-content max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base outline-none placeholder:text-faint max-md:text-[16px]"
      />
      <div className="flex items-center gap-2 pr-1.5 pb-1.5 pl-3.5">
        <div className="min-w-0 grow truncate text-xs text-faint">
          {tooMuch > 0 ? (
            <span role="alert" className="text-failed">
              {plural(tooMuch, "character")} over the limit
            </span>
          ) : isArmed ? (
            <output>Press Esc again to stop</output>
          ) : (
            children
          )}
        </div>
        {stop !== null && <StopButtons {...stop} />}
        {(stop === null || text.trim() !== "") && <SendButton queues={isBusy} disabled={!canSend} />}
      </div>
    </form>
  );
}

const isInDialog = (): boolean => (document.activeElement?.closest("[role=dialog]") ?? null) !== null;
