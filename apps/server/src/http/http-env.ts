import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import type { RequestIdVariables } from "hono/request-id";
import type { Authenticated } from "../auth/port.ts";

/** A request that counts. */
export interface Held {
  /** It is counted as a live stream from now on. */
  isStream(): void;
}

/** Types of Hono's context. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: RequestIdVariables & {
    /** Set by `authenticate` for everything under /trpc and /api. */
    authenticated: Authenticated;
    /** Set by `holdRequest` there, too. */
    held: Held;
  };
}

export type HttpContext = Context<HttpEnv>;
export type Middleware = MiddlewareHandler<HttpEnv>;

/** The Host header; request-target.ts has checked that it is present and ours. */
export function hostOf(c: HttpContext): string {
  return c.req.header("host") ?? "";
}
