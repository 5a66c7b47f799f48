import { EXIT } from "../exit-code.ts";

/** Ctrl-C: the first press asks to stop, the second forces it. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

export function listenForInterrupt(...others: AbortSignal[]): Interrupt {
  const asked = new AbortController();
  const onSignal = (): void => {
    if (asked.signal.aborted) process.exit(EXIT.detached);
    asked.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const onOther = (): void => asked.abort();
  for (const other of others) other.addEventListener("abort", onOther);
  return {
    signal: asked.signal,
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, onSignal);
      for (const other of others) other.removeEventListener("abort", onOther);
    },
  };
}
