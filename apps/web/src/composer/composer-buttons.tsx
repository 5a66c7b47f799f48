import { ArrowUp, Square } from "lucide-react";
import { plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";

/** @param queues whether the prompt will be queued behind a running task */
export function SendButton({ queues, disabled }: { queues: boolean; disabled: boolean }) {
  const label = queues ? "Queue" : "Send";
  return (
    <button
      type="submit"
      aria-label={label}
      data-hint={label}
      data-hint-keys="↵"
      disabled={disabled}
      className="inline-flex size-7.5 shrink-0 items-center justify-center rounded-lg bg-primary text-on-primary transition-opacity hover:opacity-88 disabled:opacity-30 max-md:size-9"
    >
      <ArrowUp aria-hidden className="size-4" strokeWidth={2.25} />
    </button>
  );
}

export interface Stop {
  /** Stops the running task. */
  stop: () => void;
  /** The same, and clears the queue. */
  stopAll: () => void;
  isStopping: boolean;
  /** Queued prompts that start once it has stopped. */
  queued: number;
}

/** Announces that the next queued prompt starts. */
export function StopButtons({ stop, stopAll, isStopping, queued }: Stop) {
  const label =
    queued === 0
      ? "Stop"
      : `Stop · ${plural(queued, "queued prompt")} ${queued === 1 ? "continues" : "continue"}`;
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
        aria-label={label}
        data-hint={label}
        data-hint-keys="Esc Esc"
        disabled={isStopping}
        onClick={stop}
        className="inline-flex h-7.5 min-w-7.5 shrink-0 items-center justify-center gap-1.5 rounded-lg border border-line-strong px-2 text-xs text-text hover:bg-hover disabled:opacity-50 max-md:h-9 max-md:min-w-9"
      >
        <Square aria-hidden className="size-3 fill-current" />
        {queued > 0 && (
          <span aria-hidden>
            Stop · {queued} queued continue{queued === 1 ? "s" : ""}
          </span>
        )}
      </button>
    </>
  );
}
