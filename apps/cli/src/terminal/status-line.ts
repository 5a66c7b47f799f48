import yoctoSpinner from "yocto-spinner";
import { formatDuration } from "./duration.ts";
import { fit } from "./fit.ts";
import type { Output } from "./output.ts";

/** Before this, saying how long something takes is noise. In milliseconds. */
const SHOW_ELAPSED_AFTER_MS = 2_000;
const TICK_MS = 1_000;
/** The spinner itself, its space, and the last column, which makes some terminals wrap. */
const SPINNER_WIDTH = 3;

/** The line below everything printed that says what is being waited for; it leaves no trace. */
export interface StatusLine extends Disposable {
  /** @param activity null while nothing is awaited, or what happens shows by itself */
  show(activity: string | null): void;
}

export function openStatusLine(output: Output): StatusLine {
  if (!output.isTerminal) return { show() {}, [Symbol.dispose]() {} };

  const spinner = yoctoSpinner({ stream: output.stream, handleSignals: false });
  let shown: string | null = null;
  let since = 0;
  const render = (): void => {
    const elapsedMs = Date.now() - since;
    const elapsed =
      elapsedMs < SHOW_ELAPSED_AFTER_MS ? "" : ` ${formatDuration(Math.floor(elapsedMs / 1_000) * 1_000)}`;
    const room = output.width() - SPINNER_WIDTH - elapsed.length;
    spinner.text = output.colors.dim(`${fit(shown ?? "", room)}${elapsed.replace(".0s", "s")}`);
  };
  let tick: NodeJS.Timeout | undefined;
  const hide = (): void => {
    clearInterval(tick);
    spinner.stop();
    shown = null;
  };
  // The cursor is hidden meanwhile; however this process ends, it has to come back.
  process.once("exit", hide);

  return {
    show(activity) {
      if (activity === shown) return;
      if (activity === null) return hide();
      if (shown === null) tick = setInterval(render, TICK_MS).unref();
      shown = activity;
      since = Date.now();
      render();
      spinner.start();
    },
    [Symbol.dispose]() {
      hide();
      process.off("exit", hide);
    },
  };
}
