import { MAX_ATTACHMENTS, MAX_PROMPT_LENGTH, MAX_STEER_LENGTH } from "@trunkline/contract";
import { clsx } from "clsx";
import { type ReactNode, type RefObject, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { AttachButton, AttachmentTray } from "../attachments/attachment-tray.tsx";
import { useAttach } from "../attachments/use-attach.ts";
import { useFileDrop } from "../attachments/use-file-drop.ts";
import { CHOICE_LIST_ID, ChoiceList, choiceId } from "../completion/choice-list.tsx";
import type { CompletionSources } from "../completion/use-choices.ts";
import { useCompletion } from "../completion/use-completion.ts";
import { grouped, plural } from "../text/quantity.ts";
import { SendMenu } from "../shell/later-parts.tsx";
import { SendButton, type Stop, StopButtons, whatContinues } from "./composer-buttons.tsx";
import type { Written } from "./draft.ts";
import { DraftNotes } from "./draft-notes.tsx";
import { isTouch, useComposerKeys } from "./use-composer-keys.ts";
import { useDraft } from "./use-draft.ts";
import type { WhenBusy } from "./when-busy.ts";

export interface ComposerHandle {
  focus(): void;
  /** Replaces the text. */
  fill(text: string): void;
}

export interface ComposerProps {
  /** Key of the draft: a session's id, or `new`. */
  place: string;
  placeholder: string;
  /** Takes over what was written, which is kept until the server has it. */
  submit: (written: Written, how: WhenBusy) => void;
  /** Null while nothing runs. */
  stop: Stop | null;
  /** Whether a new prompt would be queued. */
  isBusy: boolean;
  /** What `@` and `/` find. */
  completion: CompletionSources;
  /** Left of the buttons. */
  children?: ReactNode;
  handle?: RefObject<ComposerHandle | null>;
}

/** The message box. It has the focus when its page opens, and keeps it after sending. */
export function Composer(props: ComposerProps) {
  const { place, placeholder, submit, stop, isBusy, children, handle } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, files, draft, isKept, others } = useDraft(place);
  const { attach, remove, notes } = useAttach(draft);
  const { isOver } = useFileDrop(attach);
  const tooMuch = text.length - MAX_PROMPT_LENGTH;
  const canSend = text.trim() !== "" && tooMuch <= 0 && files.length <= MAX_ATTACHMENTS;

  const noSteer = whyNoSteer({ text, files });
  const send = (how: WhenBusy): void => {
    if (!canSend || (isBusy && how === "steer" && noSteer !== null)) return;
    field.current?.focus();
    submit(draft.take(), isBusy ? how : "enqueue");
  };
  const completed = { text, write: draft.write, enter: () => send("enqueue") };
  const completion = useCompletion(field, completed, props.completion);
  const isChoosing = completion.choices.length > 0;
  const { keys, isArmed } = useComposerKeys({
    send,
    stop,
    complete: completion.onKeyDown,
    // Focus the transcript, where scrolling and single keys work.
    leave: () => document.querySelector<HTMLElement>("[data-pane]")?.focus(),
  });
  useLayoutEffect(() => {
    // The page is visible before its script runs: keep what was typed meanwhile.
    const typed = field.current?.value ?? "";
    if (typed !== "") draft.add(typed);
  }, [draft]);
  // Before the next key: one that finds no field is lost.
  useLayoutEffect(() => {
    // A phone's keyboard would cover the transcript.
    if (isTouch() || isInDialog()) return;
    const { current } = field;
    current?.focus({ preventScroll: true });
    // A draft goes on at its end.
    current?.setSelectionRange(current.value.length, current.value.length);
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
        send("enqueue");
      }}
      className={clsx(
        "relative shrink-0 rounded-xl border bg-background transition-colors focus-within:border-accent",
        isOver ? "border-accent" : "border-line-strong",
      )}
    >
      {isChoosing && <ChoiceList {...completion} />}
      <DraftNotes draft={draft} isKept={isKept} others={others} />
      <AttachmentTray files={files} remove={remove} notes={notes} />
      <textarea
        ref={field}
        id="message"
        dir="auto"
        value={text}
        rows={1}
        aria-label="Message"
        aria-invalid={tooMuch > 0}
        placeholder={files.length > 0 ? "What should the agent do with this?" : placeholder}
        onPaste={(event) => {
          const { files: pasted } = event.clipboardData;
          const words = event.clipboardData.getData("text");
          // More than a message may have would stop the page each time that it is laid out: it is a file.
          const isFile = words.length > MAX_PROMPT_LENGTH;
          // Spreadsheets and word processors put a picture beside the text.
          if (!isFile && (words !== "" || pasted.length === 0)) return;
          event.preventDefault();
          attach(isFile ? [new File([words], "pasted.txt")] : [...pasted]);
        }}
        onChange={(event) => {
          draft.write(event.target.value);
          completion.onCaret(event.target.selectionStart);
        }}
        onSelect={(event) => completion.onCaret(event.currentTarget.selectionStart)}
        onFocus={(event) => completion.onCaret(event.currentTarget.selectionStart)}
        onBlur={() => completion.onCaret(-1)}
        aria-autocomplete="list"
        aria-controls={isChoosing ? CHOICE_LIST_ID : undefined}
        aria-activedescendant={completion.active >= 0 ? choiceId(completion.active) : undefined}
        {...keys}
        className="block field-sizing-content max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base outline-none placeholder:text-faint max-md:text-[16px]"
      />
      <div className="flex flex-wrap items-center justify-end gap-2 pr-1.5 pb-1.5 pl-1.5">
        <AttachButton attach={attach} />
        <div
          className={clsx("min-w-0 flex-1 truncate text-xs text-faint", stop !== null && "max-md:basis-3/4")}
        >
          {tooMuch > 0 ? (
            <span role="alert" className="text-failed">
              {plural(tooMuch, "character")} over the limit
            </span>
          ) : isArmed ? (
            <output>
              Press Esc again to stop
              {stop !== null && stop.queued > 0 && ` · ${whatContinues(stop.queued)}`}
            </output>
          ) : (
            children
          )}
        </div>
        {stop !== null && <StopButtons {...stop} />}
        {(stop === null || text.trim() !== "" || files.length > 0) && (
          <SendButton
            disabled={!canSend}
            ways={
              isBusy ? (
                <SendMenu send={send} noSteer={noSteer} focusComposer={() => field.current?.focus()} />
              ) : null
            }
          />
        )}
      </div>
      {isOver && (
        <p className="pointer-events-none absolute inset-0 flex items-center justify-center rounded-xl bg-background/92 text-sm font-medium text-accent">
          Drop files to attach them
        </p>
      )}
    </form>
  );
}

/** Null: it can be handed to the running task. */
function whyNoSteer({ text, files }: Written): string | null {
  if (files.length > 0) return "Files can't be handed to a running task";
  if (text.length <= MAX_STEER_LENGTH) return null;
  return `Longer than ${grouped(MAX_STEER_LENGTH)} characters`;
}

const isInDialog = (): boolean => (document.activeElement?.closest("[role=dialog]") ?? null) !== null;
