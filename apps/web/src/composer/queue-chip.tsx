import { clsx } from "clsx";
import {
  CornerDownRight,
  FastForward,
  GripVertical,
  type LucideIcon,
  Paperclip,
  Pencil,
  X,
} from "lucide-react";
import type { QueuedPrompt } from "../session/session-facts.ts";
import { firstWords } from "../text/first-words.ts";
import { plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { ConflictNote } from "./conflict-note.tsx";
import { PromptField } from "./prompt-field.tsx";
import type { ChipDrag } from "./use-chip-drag.ts";
import type { ChipEdit } from "./use-chip-edit.ts";

export interface QueueChipProps {
  chip: QueuedPrompt;
  /** From 0; null if its task started or was removed during the edit. */
  place: number | null;
  edit: ChipEdit;
  drag: ChipDrag;
  /** Null where it can't be handed to the running task. */
  steer: (() => void) | null;
  sendNow: () => void;
  cancel: () => void;
}

/** A queued prompt, or an edit that came too late for one. */
export function QueueChip(props: QueueChipProps) {
  const { chip, place, edit, drag } = props;
  const isDragged = chip.taskId !== null && drag.dragged?.taskId === chip.taskId;
  // If the task starts while its prompt is being edited, typing continues in the same field.
  return (
    <li
      data-chip={place === null ? undefined : ""}
      style={{ order: place === null ? -1 : drag.orderOf(place) }}
      className={clsx(
        "group/chip flex min-h-8 shrink-0 flex-wrap items-center gap-x-1 rounded-lg border bg-surface pr-1 text-sm max-md:min-h-10",
        isDragged ? "border-accent" : "border-line",
        place === null ? "pl-3" : "pl-0.5",
      )}
    >
      {place === null && <LostNote {...edit} />}
      <ConflictNote {...edit} />
      {place !== null && <Grip {...props} place={place} />}
      {edit.text !== null ? <PromptField {...edit} text={edit.text} /> : <ChipText {...props} />}
    </li>
  );
}

function LostNote({ keep, discard }: ChipEdit) {
  return (
    <p role="alert" className="flex basis-full items-center gap-2 pt-1 text-xs text-waits">
      <span className="grow">Already started — your edit wasn't applied</span>
      <Button size="small" onClick={keep}>
        Restore text
      </Button>
      <Button size="small" look="quiet" onClick={discard}>
        Discard
      </Button>
    </p>
  );
}

function Grip({ chip: { taskId, prompt }, place, drag }: QueueChipProps & { place: number }) {
  return (
    <>
      {taskId === null ? (
        <span className="size-6" />
      ) : (
        <IconButton
          small
          icon={GripVertical}
          label={`Move "${firstWords(prompt, 40)}", now number ${place + 1}`}
          data-hint="Drag to reorder"
          data-hint-keys="↑ ↓"
          className="cursor-grab touch-none active:cursor-grabbing"
          {...drag.handle(taskId)}
        />
      )}
      <span className="min-w-4 text-xs text-faint">{place + 1}</span>
    </>
  );
}

function ChipText(props: QueueChipProps) {
  const { taskId, prompt, files } = props.chip;
  return (
    <>
      <span dir="auto" className="min-w-0 flex-1 truncate text-muted">
        {prompt}
      </span>
      {files.length > 0 && (
        <span className="flex shrink-0 items-center gap-0.5 text-xs text-faint">
          <Paperclip aria-hidden className="size-3" />
          <span className="sr-only">{plural(files.length, "file")}</span>
          <span aria-hidden>{files.length}</span>
        </span>
      )}
      {taskId === null ? (
        <span className="pr-2 text-xs text-faint">Sending</span>
      ) : (
        <ChipButtons {...props} />
      )}
    </>
  );
}

function ChipButtons({ edit, steer, sendNow, cancel }: QueueChipProps) {
  return (
    <>
      <span className="flex shrink-0 items-center opacity-0 transition-opacity group-focus-within/chip:opacity-100 group-hover/chip:opacity-100 max-md:opacity-100 pointer-coarse:opacity-100">
        {steer !== null && (
          <Action
            icon={CornerDownRight}
            label="Steer"
            hint="The running task reads it after its current call"
            run={steer}
          />
        )}
        <Action
          icon={FastForward}
          label="Send now"
          hint="Stops the running task and starts this"
          run={sendNow}
        />
        <IconButton small icon={Pencil} label="Edit" onClick={edit.begin} />
      </span>
      <IconButton small icon={X} label="Remove from the queue" onClick={cancel} />
    </>
  );
}

interface ActionProps {
  icon: LucideIcon;
  label: string;
  hint: string;
  run: () => void;
}

/** An icon where there is no room for words. */
function Action({ icon: Icon, label, hint, run }: ActionProps) {
  return (
    <Button size="small" look="quiet" className="max-md:size-6 max-md:px-0" data-hint={hint} onClick={run}>
      <Icon aria-hidden className="size-3.5 md:hidden" strokeWidth={1.75} />
      <span className="max-md:sr-only">{label}</span>
    </Button>
  );
}
