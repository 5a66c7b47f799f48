import { TRPCError } from "@trpc/server";
import { type ErrorReason, type Principal, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { HttpContext } from "./http-env.ts";
import type { Limits } from "./limits.ts";

/** Audits requests refused because of who sent them, and no other failures. */
export type NoteRefusal = (c: HttpContext, error: unknown, procedure?: string) => void;

const AUDITED = new Set<ErrorReason>(["unauthorized", "forbidden", "rate_limited"]);
/** Not found, or somebody else's; the caller can't tell which. */
const AUDITED_OF_CALLS = new Set<ErrorReason>([...AUDITED, "not_found"]);

export function createRefusalNote(audit: Audit, { addressOf }: Limits): NoteRefusal {
  return (c, error, procedure) => {
    const cause = error instanceof TRPCError ? error.cause : error;
    const audited = procedure === undefined ? AUDITED : AUDITED_OF_CALLS;
    if (!(cause instanceof TrunklineError) || !audited.has(cause.reason)) return;
    // Unset if the caller is not authenticated, whatever its type says.
    const authenticated = c.get("authenticated") as { principal: Principal } | undefined;
    audit.refused({
      by: authenticated?.principal ?? null,
      address: addressOf(c.env.incoming),
      action: procedure ?? doorOf(c),
      detail: cause.reason,
    });
  };
}

/** Method and first part of the path; the rest is arbitrary input. */
function doorOf(c: HttpContext): string {
  const door = /^\/(?:trpc|api|sign-in|invite)(?![^/])/.exec(c.req.path);
  return `${c.req.method} ${door?.[0] ?? "/"}`;
}
