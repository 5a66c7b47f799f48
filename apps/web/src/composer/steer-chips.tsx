import { CornerDownRight, ListPlus, Pencil, X } from "lucide-react";
import type { QueuedPrompt } from "../session/session-facts.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { ConflictNote } from "./conflict-note.tsx";
import { PromptField } from "./prompt-field.tsx";
import type { ChipEdit } from "./use-chip-edit.ts";

interface SteerChipsProps {
  messages: readonly QueuedPrompt[];
  /** What comes before the agent reads them. */
  isWaitingForAnswer: boolean;
  editOf: (chip: QueuedPrompt) => ChipEdit;
  /** Makes it an ordinary queued prompt. */
  queue: (taskId: string) => void;
  cancel: (taskId: string) => void;
}

/** Messages that the running task has not read yet. */
export function SteerChips({ messages, isWaitingForAnswer, editOf, queue, cancel }: SteerChipsProps) {
  if (messages.length === 0) return null;
  return (
    <section aria-label="Steering" className="mb-1.5 rounded-lg border border-accent/40 bg-surface py-1">
      <p className="flex items-center gap-2 px-3 text-xs text-muted">
        <CornerDownRight aria-hidden className="size-3.5 shrink-0 text-accent" />
        {isWaitingForAnswer
          ? "The agent reads this after your answer"
          : "The agent reads this after its current call"}
      </p>
      <ol className="max-h-32 overflow-y-auto">
        {messages.map((message) => {
          const { key, taskId, prompt } = message;
          const edit = editOf(message);
          return (
            <li
              key={key}
              className="group/chip flex min-h-8 flex-wrap items-center gap-x-1 pr-1 pl-8.5 text-sm"
            >
              <ConflictNote {...edit} />
              {edit.text !== null ? (
                <PromptField {...edit} text={edit.text} />
              ) : (
                <>
                  <span dir="auto" className="min-w-0 flex-1 truncate">
                    {prompt}
                  </span>
                  {taskId === null ? (
                    <span className="pr-2 text-xs text-faint">Sending</span>
                  ) : (
                    <>
                      <IconButton small icon={Pencil} label="Edit" onClick={edit.begin} />
                      <IconButton small icon={ListPlus} label="Queue instead" onClick={() => queue(taskId)} />
                      <IconButton small icon={X} label="Withdraw" onClick={() => cancel(taskId)} />
                    </>
                  )}
                </>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
