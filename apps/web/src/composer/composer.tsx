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
import { showToast } from "../ui/toasts.ts";
import { SendButton, StopButton } from "./composer-buttons.tsx";
import { useComposerKeys } from "./use-composer-keys.ts";
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
  /** Whether one can write at once. */
  takesFocus?: boolean;
  /** On the left of the buttons. */
  children?: ReactNode;
  handle?: RefObject<ComposerHandle | null>;
}

/** Where one says what is to be done. */
export function Composer(props: ComposerProps) {
  const { place, placeholder, submit, stop, stopping = false, takesFocus = false, children, handle } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, draft } = useDraft(place);
  const tooMuch = text.length - MAX_PROMPT_LENGTH;
  const canSend = text.trim() !== "" && tooMuch <= 0;

  const send = (): void => {
    if (!canSend) return;
    field.current?.focus();
    draft.send(submit).catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      showToast("This could not be sent", { detail, level: "error" });
    });
  };
  const keys = useComposerKeys({ send, stop });
  useLayoutEffect(() => {
    // The page is there before its script: what was typed meanwhile counts.
    const typed = field.current?.value ?? "";
    if (typed !== "" && typed !== draft.text()) draft.write(typed);
  }, [draft]);
  useEffect(() => {
    if (takesFocus) field.current?.focus();
  }, [takesFocus]);
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
      <textarea
        ref={field}
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
              {plural(tooMuch, "character")} too long
            </span>
          ) : (
            children
          )}
        </div>
        {stop !== null && <StopButton stop={stop} stopping={stopping} />}
        {(stop === null || text.trim() !== "") && <SendButton queues={stop !== null} disabled={!canSend} />}
      </div>
    </form>
  );
}
