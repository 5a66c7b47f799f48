import { ChevronDown, ChevronUp, Pencil, X } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { PromptField } from "./prompt-field.tsx";

export interface QueueChipProps {
  /** Null if its task started or was removed during the edit. */
  place: number | null;
  prompt: string;
  /** The edited text; null if it is not being edited. */
  edited: string | null;
  /** False while it is being sent to the server. */
  isSent: boolean;
  begin: () => void;
  write: (text: string) => void;
  /** Ends the edit: saves it, or puts it into the composer if it came too late. */
  keep: () => void;
  discard: () => void;
  focusComposer: () => void;
  cancel: () => void;
  /** Null if it can't move further. */
  moveUp: (() => void) | null;
  moveDown: (() => void) | null;
}

export function QueueChip(props: QueueChipProps) {
  const { place, prompt, edited, write, keep, discard, focusComposer } = props;
  const isLost = place === null;
  return (
    <li className="group/chip flex min-h-8 shrink-0 flex-wrap items-center gap-x-2.5 rounded-lg border border-line bg-surface pr-1 pl-3 text-sm">
      {isLost && (
        <p role="alert" className="flex basis-full items-center gap-2 pt-1 text-xs text-waits">
          <span className="grow">Already started — your edit wasn't applied</span>
          <Button size="small" onClick={keep}>
            Restore text
          </Button>
          <Button size="small" look="quiet" onClick={discard}>
            Discard
          </Button>
        </p>
      )}
      {!isLost && <span className="text-xs text-faint">{place}</span>}
      {edited === null ? (
        <>
          <span dir="auto" className="min-w-0 grow truncate text-muted">
            {prompt}
          </span>
          <ChipButtons {...props} />
        </>
      ) : (
        // If the task starts while its prompt is being edited, typing continues in the same field; blur doesn't save
        // then.
        <PromptField
          text={edited}
          write={write}
          keep={() => {
            keep();
            focusComposer();
          }}
          leave={isLost ? () => {} : keep}
          discard={discard}
        />
      )}
    </li>
  );
}

function ChipButtons({ isSent, begin, cancel, moveUp, moveDown }: QueueChipProps) {
  if (!isSent) return <span className="pr-2 text-xs text-faint">Sending</span>;
  return (
    <>
      <span className="flex shrink-0 items-center opacity-0 transition-opacity group-focus-within/chip:opacity-100 group-hover/chip:opacity-100 max-md:opacity-100 pointer-coarse:opacity-100">
        <IconButton small icon={Pencil} label="Edit" onClick={begin} />
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
      <IconButton small icon={X} label="Remove from the queue" onClick={cancel} />
    </>
  );
}
