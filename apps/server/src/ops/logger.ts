import { type Logger, pino } from "pino";
import type { Config } from "../config.ts";
import type { Redactor } from "../secrets/port.ts";
import { prettyLine } from "./pretty-line.ts";
import { printable } from "../printable.ts";
import { createLineRedactor } from "./redact.ts";

export interface LoggerOptions {
  level: Config["logLevel"];
  redactor: Redactor;
  /** Where lines go; standard output where absent. */
  destination?: { write(line: string): unknown };
  /** For people instead of for machines; absent: where standard output is a terminal. */
  pretty?: boolean;
}

/** One JSON object per line, or a readable line on a terminal; both without secrets and without control characters. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, redactor, destination = standardOutput() } = options;
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY);
  const redact = createLineRedactor(redactor);
  return pino(
    { level, base: undefined },
    {
      write(line) {
        const safe = redact(line);
        destination.write(pretty ? prettyLine(safe) : `${printable(safe.trimEnd())}\n`);
      },
    },
  );
}

/** What may wait for a reader that does not read; what comes on top of it is dropped. In bytes. */
const MAX_WAITING_BYTES = 4_000_000;

/**
 * Asynchronous, so that a terminal that is held (Ctrl-S) or a pipe that nobody reads holds up lines and nothing else.
 * Pino writes what waits when the process exits, and copes with a reader that has gone.
 */
function standardOutput(): { write(line: string): unknown } {
  return pino.destination({ fd: 1, sync: false, maxLength: MAX_WAITING_BYTES });
}
