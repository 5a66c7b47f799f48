import { type Logger, pino } from "pino";
import type { Config } from "../config/config.ts";
import type { Redactor } from "../secrets/port.ts";
import { prettyLine } from "./pretty-line.ts";
import { printable } from "../common/printable.ts";
import { createLineRedactor } from "./redact.ts";

export interface LoggerOptions {
  level: Config["logLevel"];
  redactor: Redactor;
  /** Output; default: stdout. */
  destination?: { write(line: string): unknown };
  /** Gets all lines as JSON as well. */
  files?: { write(line: string): unknown } | undefined;
  /** Of this node, on each line. */
  node: string;
  /** Human-readable; default: if stdout is a terminal. */
  pretty?: boolean;
}

/** One JSON object per line, or a readable line on a terminal; both without secrets and control characters. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, redactor, files, node, destination = standardOutput() } = options;
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY);
  const redact = createLineRedactor(redactor);
  return pino(
    { level, base: { node } },
    {
      write(line) {
        const safe = redact(line);
        const plain = `${printable(safe.trimEnd())}\n`;
        files?.write(plain);
        destination.write(pretty ? prettyLine(safe) : plain);
      },
    },
  );
}

/** Maximum buffered for a reader that does not read; the rest is dropped. In bytes. */
const MAX_WAITING_BYTES = 4_000_000;

/**
 * Asynchronous, so that a paused terminal (Ctrl-S) or an unread pipe only delays log lines. Pino flushes on exit, and
 * copes with a closed pipe.
 */
function standardOutput(): { write(line: string): unknown } {
  return pino.destination({ fd: 1, sync: false, maxLength: MAX_WAITING_BYTES });
}
