import { constants } from "node:os";
import type { ProcessExit } from "../process/spawner.ts";

const SIGNALS = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

/**
 * Reads a shell's exit status, where 128 and a number stand for the signal of that number. A program that ends with such
 * a status of its own accord is taken for one that a signal ended: a shell cannot tell, and mostly it is right.
 */
export function readExitStatus(status: number): ProcessExit {
  const signal = status > 128 ? SIGNALS.get(status - 128) : undefined;
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}
