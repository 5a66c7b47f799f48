import { ChevronDown, ChevronUp, Pencil, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { IconButton } from "../ui/icon-button.tsx";

export interface QueueChipProps {
  place: number;
  prompt: string;
  /** False while it is on its way to the server, which nothing can be done about. */
  isSent: boolean;
  edit: (prompt: string) => void;
  cancel: () => void;
  /** Null where it cannot go further. */
  moveUp: (() => void) | null;
  moveDown: (() => void) | null;
}

export function QueueChip({ place, prompt, isSent, edit, cancel, moveUp, moveDown }: QueueChipProps) {
  const [isEditing, setIsEditing] = useState(false);
  return (
    <li className="group/chip flex min-h-8 shrink-0 items-center gap-2.5 rounded-lg border border-line bg-surface pr-1 pl-3 text-sm">
      <span className="text-xs text-faint">{place}</span>
      {isEditing ? (
        <PromptField prompt={prompt} save={edit} close={() => setIsEditing(false)} />
      ) : (
        <>
          <span className="min-w-0 grow truncate text-muted">{prompt}</span>
          {isSent ? (
            <span className="flex shrink-0 items-center opacity-0 transition-opacity group-focus-within/chip:opacity-100 group-hover/chip:opacity-100 max-md:opacity-100">
              <IconButton small icon={Pencil} label="Edit" onClick={() => setIsEditing(true)} />
              <IconButton
                small
                icon={ChevronUp}
                label="Move up"
                disabled={moveUp === null}
                onClick={() => moveUp?.()}
              />
              <IconButton
                small
                icon={ChevronDown}
                label="Move down"
                disabled={moveDown === null}
                onClick={() => moveDown?.()}
              />
            </span>
          ) : (
            <span className="pr-2 text-xs text-faint">Sending</span>
          )}
          {isSent && <IconButton small icon={X} label="Remove from the queue" onClick={cancel} />}
        </>
      )}
    </li>
  );
}

interface PromptFieldProps {
  prompt: string;
  save: (prompt: string) => void;
  close: () => void;
}

/** Enter keeps what was written, as leaving the field does; Esc does not. */
function PromptField({ prompt, save, close }: PromptFieldProps) {
  const [text, setText] = useState(prompt);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const keep = (): void => {
    if (text.trim() !== "" && text !== prompt) save(text);
    close();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey) keep();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <textarea
      ref={field}
      value={text}
      rows={1}
      aria-label="Queued message"
      onChange={(event) => setText(event.target.value)}
      onBlur={keep}
      onKeyDown={onKeyDown}
      className="field-sizing-content max-h-24 min-w-0 grow resize-none bg-transparent py-1.5 text-sm outline-none max-md:text-[16px]"
    />
  );
}
