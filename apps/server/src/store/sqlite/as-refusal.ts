import { Refused, type Refusal } from "../refusal.ts";
import { isStatementFault } from "./fault.ts";

/** @returns undefined if the error is the database's rather than the commit's. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refused) return error.refusal;
  if (!(error instanceof Error) || !isStatementFault(error)) return undefined;
  const code = "code" in error ? error.code : undefined;
  if (code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY") {
    return { error: "unique", detail: error.message.replace(/^.*failed: /, "") };
  }
  return code === "SQLITE_CONSTRAINT_FOREIGNKEY"
    ? { error: "guard", guard: "session", detail: error.message }
    : { error: "invalid", detail: error.message };
}
