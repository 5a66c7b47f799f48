import { TRPCError } from "@trpc/server";
import { type ErrorReason, type Principal, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { HttpContext } from "./http-env.ts";
import type { Limits } from "./limits.ts";

/** Tells the audit trail of a request that was refused because of who sent it, and of no other failure. */
export type NoteRefusal = (c: HttpContext, error: unknown, procedure?: string) => void;

const AUDITED = new Set<ErrorReason>(["unauthorized", "forbidden", "rate_limited"]);
/** Of a procedure: somebody asked for what is not there, or is somebody else's. Which of them, nobody is told. */
const AUDITED_OF_CALLS = new Set<ErrorReason>([...AUDITED, "not_found"]);

export function createRefusalNote(audit: Audit, { addressOf }: Limits): NoteRefusal {
  return (c, error, procedure) => {
    const cause = error instanceof TRPCError ? error.cause : error;
    const audited = procedure === undefined ? AUDITED : AUDITED_OF_CALLS;
    if (!(cause instanceof TrunklineError) || !audited.has(cause.reason)) return;
    // Unset where who it is was not known yet, whatever its type says.
    const authenticated = c.get("authenticated") as { principal: Principal } | undefined;
    audit.refused({
      by: authenticated?.principal ?? null,
      address: addressOf(c.env.incoming),
      action: procedure ?? doorOf(c),
      detail: cause.reason,
    });
  };
}

/** The method and which part of the server it was for; the rest of the path is whatever somebody sent. */
function doorOf(c: HttpContext): string {
  const door = /^\/(?:trpc|api|sign-in|invite)(?![^/])/.exec(c.req.path);
  return `${c.req.method} ${door?.[0] ?? "/"}`;
}
