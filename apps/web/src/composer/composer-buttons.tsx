import { ArrowUp, Square } from "lucide-react";

/** @param queues whether something runs that goes first */
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

export function StopButton({ stop, stopping }: { stop: () => void; stopping: boolean }) {
  return (
    <button
      type="button"
      aria-label="Stop"
      data-hint="Stop"
      data-hint-keys="Esc"
      disabled={stopping}
      onClick={stop}
      className="inline-flex size-7.5 shrink-0 items-center justify-center rounded-lg border border-line-strong text-text hover:bg-hover disabled:opacity-50 max-md:size-9"
    >
      <Square aria-hidden className="size-3 fill-current" />
    </button>
  );
}
