import { isStatementFault } from "./fault.ts";

/** Seq of a unit's first event, 0 where it has none; or why nothing of the unit was stored. */
export type UnitResult = number | Refusal;

export interface Refusal {
  /** `invalid`: a statement that cannot be executed, which is a mistake of whoever wrote it. */
  error: "guard" | "fenced" | "unique" | "invalid" | "full";
  detail: string;
}

export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(error: Refusal["error"], detail: string) {
    super(detail);
    this.refusal = { error, detail };
  }
}

/** @returns undefined where the error is not of the unit but of the database. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refused) return error.refusal;
  if (!(error instanceof Error) || !isStatementFault(error)) return undefined;
  const code = "code" in error ? error.code : undefined;
  if (code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY") {
    return { error: "unique", detail: error.message.replace(/^.*failed: /, "") };
  }
  return { error: code === "SQLITE_CONSTRAINT_FOREIGNKEY" ? "guard" : "invalid", detail: error.message };
}
