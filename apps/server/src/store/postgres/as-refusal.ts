import { DatabaseError } from "pg";
import { Refused, type Refusal } from "../refusal.ts";
import { faultOf } from "./fault.ts";

/** @returns undefined if the error is the connection's or the database's rather than the commit's. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refused) return error.refusal;
  if (!(error instanceof DatabaseError) || faultOf(error) !== "statement") return undefined;
  switch (error.code) {
    case "23505":
      return { error: "unique", detail: indexOf(error) };
    case "23503":
      return { error: "guard", guard: "session", detail: error.message };
    default:
      return { error: "invalid", detail: error.message };
  }
}

/** In SQLite's notation: `tasks.owner_id, tasks.idempotency_key`. */
function indexOf({ table = "", constraint = "", detail = "" }: DatabaseError): string {
  const columns = /^Key \((.*?)\)=/.exec(detail)?.[1];
  if (columns === undefined) return constraint;
  return columns
    .split(", ")
    .map((column) => `${table}.${column}`)
    .join(", ");
}
