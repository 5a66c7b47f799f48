import { constants } from "node:os";
import type { ProcessExit } from "../port.ts";

const SIGNALS = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

/**
 * Decodes a shell's exit status, where 128 + n stands for signal n. A program that exits with such a status itself is
 * misread, as by any shell.
 */
export function readExitStatus(status: number): ProcessExit {
  const signal = status > 128 ? SIGNALS.get(status - 128) : undefined;
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}
