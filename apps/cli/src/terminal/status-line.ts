import yoctoSpinner from "yocto-spinner";
import { formatDuration } from "./duration.ts";
import { fit } from "./fit.ts";
import type { Output } from "./output.ts";

/** Shorter waits show no time, in ms. */
const SHOW_ELAPSED_AFTER_MS = 2_000;
const TICK_MS = 1_000;
/** Spinner, space, and the last column, which makes some terminals wrap. */
const SPINNER_WIDTH = 3;
const GAP = "  ";

/** What is being waited for. */
export interface Activity {
  /** Its label. The timer runs while this stays the same. */
  label: string;
  /** Progress; empty if there is none. */
  detail: string;
}

/** The line at the bottom that shows what is being waited for; it leaves no trace. */
export interface StatusLine extends Disposable {
  /** @param activity null while nothing is awaited, or text streams in */
  show(activity: Activity | null): void;
}

export function openStatusLine(output: Output): StatusLine {
  if (!output.isTerminal) return { show() {}, [Symbol.dispose]() {} };

  const spinner = yoctoSpinner({ stream: output.stream, handleSignals: false });
  let shown: Activity | null = null;
  let since = 0;
  let tick: NodeJS.Timeout | undefined;

  const render = (): void => {
    if (shown === null) return;
    spinner.text = output.colors.dim(formatStatus(shown, Date.now() - since, output.width() - SPINNER_WIDTH));
  };
  const hide = (): void => {
    clearInterval(tick);
    spinner.stop();
    shown = null;
  };
  // The spinner hides the cursor; it must come back however this process ends.
  process.once("exit", hide);

  return {
    show(activity) {
      if (activity === null) return hide();
      if (activity.label !== shown?.label) since = Date.now();
      if (shown === null) tick = setInterval(render, TICK_MS).unref();
      shown = activity;
      render();
      spinner.start();
    },
    [Symbol.dispose]() {
      hide();
      process.off("exit", hide);
    },
  };
}

/** @returns the activity on one line: label, time, and progress if there is room. */
export function formatStatus({ label, detail }: Activity, elapsedMs: number, width: number): string {
  const seconds = Math.floor(elapsedMs / TICK_MS) * TICK_MS;
  const elapsed =
    elapsedMs < SHOW_ELAPSED_AFTER_MS ? "" : GAP + formatDuration(seconds).replace(".0 s", " s");
  const room = width - elapsed.length;
  if (detail === "") return fit(label, room) + elapsed;
  return fit(fit(label, Math.ceil(room / 2)) + elapsed + GAP + detail, width);
}
