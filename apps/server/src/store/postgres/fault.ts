import { DatabaseError } from "pg";

/**
 * What an error of PostgreSQL, or of the connection to it, means for the one who asked.
 * `lost`: the connection is of no more use, and another may be.
 * `passing`: the transaction was rolled back by what else happens in the database; the same again may succeed.
 * `full`: the disk of PostgreSQL has no room.
 * `statement`: the statement itself is refused, and would be again.
 */
export type Fault = "lost" | "passing" | "full" | "statement";

/** By SQLSTATE, or by its class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const FAULTS: Readonly<Record<string, Fault>> = {
  "08": "lost",
  // Shut down, crashed, not yet up, the database dropped; the idle time-outs end the connection too.
  "57P01": "lost",
  "57P02": "lost",
  "57P03": "lost",
  "57P04": "lost",
  "57P05": "lost",
  "25P03": "lost",
  "25P04": "lost",
  // A standby: the next connection may reach the new primary.
  "25006": "lost",
  // Too many connections, or refused as what it logs on as.
  "53": "lost",
  "28": "lost",
  "3D": "lost",
  "53100": "full",
  "40": "passing",
  "55P03": "passing",
  "57014": "passing",
};

/** All that PostgreSQL itself does not say is about the connection to it. */
class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  constructor(cause: unknown) {
    super(describeFault(cause));
  }
}

/** @returns the error, told apart from mistakes of our own. @param error thrown by `pg`, and by nobody else. */
export function fromPostgres(error: unknown): Error {
  return error instanceof DatabaseError ? error : new ConnectionLostError(error);
}

export function faultOf(error: unknown): Fault {
  if (error instanceof ConnectionLostError) return "lost";
  if (!(error instanceof DatabaseError)) return "statement";
  const code = error.code ?? "";
  return FAULTS[code] ?? FAULTS[code.slice(0, 2)] ?? "statement";
}

/** In a few words, without anything that was stored. */
export function describeFault(error: unknown): string {
  if (error instanceof DatabaseError) return `${error.code ?? "?"}: ${error.message}`;
  if (error instanceof AggregateError) return error.errors.map(describeFault).join("; ");
  return error instanceof Error ? error.message : String(error);
}
