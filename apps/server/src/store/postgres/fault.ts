import { DatabaseError } from "pg";

/**
 * What an error of PostgreSQL, or of the connection to it, means. `lost`: the connection is unusable, another may work.
 * `passing`: the transaction was rolled back because of concurrent activity; a retry may succeed. `full`: PostgreSQL's
 * disk is full. `statement`: the statement itself is refused, and would be again.
 */
export type Fault = "lost" | "passing" | "full" | "statement";

/** By SQLSTATE, or its class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const FAULTS: Readonly<Record<string, Fault>> = {
  "08": "lost",
  // Shut down, crashed, starting up, database dropped; idle timeouts end the connection, too.
  "57P01": "lost",
  "57P02": "lost",
  "57P03": "lost",
  "57P04": "lost",
  "57P05": "lost",
  "25P03": "lost",
  "25P04": "lost",
  // A standby: the next connection may reach the new primary.
  "25006": "lost",
  // Too many connections, or login refused.
  "53": "lost",
  "28": "lost",
  "3D": "lost",
  "53100": "full",
  "40": "passing",
  "55P03": "passing",
  "57014": "passing",
};

/** Whatever PostgreSQL itself does not report concerns the connection. */
class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  constructor(cause: unknown) {
    super(describeFault(cause));
  }
}

/** @returns the classified error, as opposed to bugs of our own. @param error thrown by `pg`. */
export function fromPostgres(error: unknown): Error {
  return error instanceof DatabaseError ? error : new ConnectionLostError(error);
}

export function faultOf(error: unknown): Fault {
  if (error instanceof ConnectionLostError) return "lost";
  if (!(error instanceof DatabaseError)) return "statement";
  const code = error.code ?? "";
  return FAULTS[code] ?? FAULTS[code.slice(0, 2)] ?? "statement";
}

/** What people have to put right, not time; names no user. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  const { code = "" } = error;
  if (code.startsWith("28")) return "it does not let in the user, or the password is wrong";
  if (code === "3D000") return "there is no such database";
  if (code === "42501") return "the user may not create a schema and tables there";
  return undefined;
}

/** In a few words, without user, password or any stored data. */
export function describeFault(error: unknown): string {
  if (error instanceof DatabaseError) return refusalOf(error) ?? `${error.code ?? "?"}: ${error.message}`;
  if (error instanceof AggregateError) return error.errors.map(describeFault).join("; ");
  return error instanceof Error ? error.message : String(error);
}
