import type { ErrorReason } from "../error.ts";
import type { AppRouter } from "../router.ts";

type Procedures = AppRouter["_def"]["record"];

/** Path of the procedure in the router, e.g. `task.submit`. */
export type ProcedurePath = {
  [Room in keyof Procedures]: `${Room}.${Extract<keyof Procedures[Room], string>}`;
}[keyof Procedures];

export const REST_METHODS = ["GET", "POST", "PATCH", "DELETE"] as const;
export type RestMethod = (typeof REST_METHODS)[number];

/** Method and path of a procedure. */
export interface RestRoute {
  method: RestMethod;
  /** Relative to `REST_ROOT`; a name in braces is an input field. */
  path: `/${string}`;
  /** Success status; 201 if it creates something that can be fetched. */
  status: 200 | 201;
  /** One-line summary. */
  summary: string;
  /** What else a caller has to know. */
  description?: string;
  /** An example body. */
  example?: Readonly<Record<string, unknown>>;
  /** Reasons specific to this route, besides those that any route can refuse for. */
  reasons: readonly ErrorReason[];
}
