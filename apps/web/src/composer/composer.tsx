import { MAX_PROMPT_LENGTH } from "@trunkline/contract";
import { ArrowUp, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useImperativeHandle, useRef } from "react";
import { showToast } from "../ui/toasts.ts";
import { plural } from "../text/quantity.ts";
import { useDraft } from "./use-draft.ts";

export interface ComposerHandle {
  focus(): void;
  /** Puts a text there, in place of what is there. */
  fill(text: string): void;
}

export interface ComposerProps {
  /** Where its draft belongs: a session's id, or `new`. */
  place: string;
  placeholder: string;
  /** Resolves once the server has it. */
  submit: (prompt: string, idempotencyKey: string) => Promise<void>;
  /** Ends what runs; null while nothing does. */
  stop: (() => void) | null;
  stopping?: boolean;
  autoFocus?: boolean;
  /** On the left of the buttons. */
  children?: ReactNode;
  handle?: RefObject<ComposerHandle | null>;
}

/** Where one says what is to be done. Enter sends, Shift+Enter breaks the line, Esc stops what runs. */
export function Composer({
  place,
  placeholder,
  submit,
  stop,
  stopping = false,
  autoFocus,
  children,
  handle,
}: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, setText, send } = useDraft(place);
  const isTooLong = text.length > MAX_PROMPT_LENGTH;
  const isEmpty = text.trim() === "";

  useImperativeHandle(handle, () => ({
    focus: () => field.current?.focus(),
    fill(filled) {
      setText(filled);
      field.current?.focus();
    },
  }));

  const submitDraft = (): void => {
    if (isEmpty || isTooLong) return;
    field.current?.focus();
    send(submit).catch((error: unknown) => {
      showToast("This could not be sent", {
        detail: error instanceof Error ? error.message : String(error),
        level: "error",
      });
    });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    // While an input method is composing, Enter and Esc are its own. Safari reports that by the key code alone.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !isTouch()) {
      event.preventDefault();
      submitDraft();
    } else if (event.key === "Escape" && stop !== null) {
      event.preventDefault();
      stop();
    }
  };

  return (
    <form
      aria-label="New message"
      onSubmit={(event) => {
        event.preventDefault();
        submitDraft();
      }}
      className="rounded-xl border border-line-strong bg-background transition-colors focus-within:border-accent has-[textarea:focus-visible]:outline-none"
    >
      <textarea
        ref={field}
        value={text}
        rows={1}
        // Where somebody asked for a place to write, that is where the keys go.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={autoFocus}
        aria-label="Message"
        aria-invalid={isTooLong}
        placeholder={placeholder}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="block field-sizing-content max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base outline-none placeholder:text-faint max-md:text-[16px]"
      />
      <div className="flex items-center gap-2 pr-1.5 pb-1.5 pl-3.5">
        <div className="min-w-0 grow truncate text-xs text-faint">
          {isTooLong ? (
            <span role="alert" className="text-failed">
              {plural(text.length - MAX_PROMPT_LENGTH, "character")} too long
            </span>
          ) : (
            children
          )}
        </div>
        {stop !== null && (
          <button
            type="button"
            aria-label="Stop"
            data-hint={stopping ? "Stopping" : "Stop"}
            data-hint-keys="Esc"
            disabled={stopping}
            onClick={stop}
            className="inline-flex size-7.5 shrink-0 items-center justify-center rounded-lg border border-line-strong text-text hover:bg-hover disabled:opacity-50 max-md:size-9"
          >
            <Square aria-hidden className="size-3 fill-current" />
          </button>
        )}
        {(stop === null || !isEmpty) && (
          <button
            type="submit"
            aria-label={stop === null ? "Send" : "Queue"}
            data-hint={stop === null ? "Send" : "Queue"}
            data-hint-keys="↵"
            disabled={isEmpty || isTooLong}
            className="inline-flex size-7.5 shrink-0 items-center justify-center rounded-lg bg-primary text-on-primary transition-opacity hover:opacity-88 disabled:opacity-30 max-md:size-9"
          >
            <ArrowUp aria-hidden className="size-4" strokeWidth={2.25} />
          </button>
        )}
      </div>
    </form>
  );
}

/** On a phone's keyboard Enter breaks the line: there is no Shift to hold. */
function isTouch(): boolean {
  return window.matchMedia("(pointer: coarse)").matches;
}
