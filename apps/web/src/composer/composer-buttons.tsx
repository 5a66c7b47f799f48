import { clsx } from "clsx";
import { ArrowUp, Square } from "lucide-react";
import type { ReactNode } from "react";
import { plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";

interface SendButtonProps {
  /** The ways to send while a task runs; null: nothing runs. */
  ways: ReactNode;
  disabled: boolean;
}

/** Says what Enter does; while a task runs, the other ways are beside it. */
export function SendButton({ ways, disabled }: SendButtonProps) {
  if (ways === null) {
    return (
      <button
        type="submit"
        aria-label="Send"
        data-hint="Send"
        data-hint-keys="↵"
        disabled={disabled}
        className={clsx(SEND, "size-7.5 rounded-lg max-md:size-9")}
      >
        <ArrowUp aria-hidden className="size-4" strokeWidth={2.25} />
      </button>
    );
  }
  return (
    <span className="flex shrink-0">
      <button
        type="submit"
        data-hint="Runs after what is queued"
        data-hint-keys="↵"
        disabled={disabled}
        className={clsx(SEND, "h-7.5 rounded-l-lg px-2.5 text-sm font-medium max-md:h-9")}
      >
        Queue
      </button>
      {ways}
    </span>
  );
}

const SEND =
  "inline-flex shrink-0 items-center justify-center bg-primary text-on-primary transition-opacity hover:opacity-88 disabled:opacity-30";

export interface Stop {
  /** The running task. */
  taskId: string;
  /** Stops it. */
  stop: () => void;
  /** The same, and clears the queue. */
  stopAll: () => void;
  isStopping: boolean;
  /** Queued prompts that start once it has stopped. */
  queued: number;
}

/** What a stop does not end. */
export const whatContinues = (queued: number): string =>
  `${queued} queued ${queued === 1 ? "continues" : "continue"}`;

/** Announces that the next queued prompt starts. */
export function StopButtons({ stop, stopAll, isStopping, queued }: Stop) {
  const label = queued === 0 ? "Stop" : `Stop · ${whatContinues(queued)}`;
  return (
    <>
      {queued > 0 && (
        <Button
          size="small"
          look="quiet"
          disabled={isStopping}
          data-hint={`Stop, and remove ${plural(queued, "prompt")} from the queue`}
          onClick={stopAll}
        >
          Stop all
        </Button>
      )}
      <button
        type="button"
        aria-label={queued > 0 ? undefined : label}
        data-hint={label}
        data-hint-keys="Esc Esc"
        disabled={isStopping}
        onClick={stop}
        className="inline-flex h-7.5 min-w-7.5 shrink-0 items-center justify-center gap-1.5 rounded-lg border border-line-strong px-2 text-xs text-text hover:bg-hover disabled:opacity-50 max-md:h-9 max-md:min-w-9"
      >
        <Square aria-hidden className="size-3 fill-current" />
        {queued > 0 && <span>{label}</span>}
      </button>
    </>
  );
}
