import type { ErrorReason } from "../error.ts";
import type { AppRouter } from "../router.ts";

type Procedures = AppRouter["_def"]["record"];

/** Where a procedure is found in the router, e.g. `task.submit`. */
export type ProcedurePath = {
  [Room in keyof Procedures]: `${Room}.${Extract<keyof Procedures[Room], string>}`;
}[keyof Procedures];

export const REST_METHODS = ["GET", "POST", "PATCH", "DELETE"] as const;
export type RestMethod = (typeof REST_METHODS)[number];

/** Where and how HTTP reaches a procedure. */
export interface RestRoute {
  method: RestMethod;
  /** Below `REST_ROOT`; a name in braces is a field of the procedure's input. */
  path: `/${string}`;
  /** Of a success; 201 where something new can be fetched afterwards. */
  status: 200 | 201;
  /** One line, for lists. */
  summary: string;
  /** What the caller has to know beyond that. */
  description?: string;
  /** A body to begin with, for who tries it. */
  example?: Readonly<Record<string, unknown>>;
  /** What it can refuse for reasons of its own, beside what any route can. */
  reasons: readonly ErrorReason[];
}
