import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { MAX_BATCH_CALLS, type Services } from "@trunkline/contract";
import { appRouter } from "@trunkline/contract/router";
import type { NoteCallFailure } from "./call-failure.ts";
import type { HttpContext } from "./http-env.ts";
import type { KnownCallers } from "./known-callers.ts";
import type { LiveStreams } from "./live-streams.ts";
import { openStream } from "./open-stream.ts";
import { readJsonText } from "./request-body.ts";
import type { Turns } from "../turns/port.ts";

export const TRPC_PATH = "/trpc";

export interface TrpcDeps {
  services: Services;
  streams: LiveStreams;
  noteFailure: NoteCallFailure;
  turns: Turns;
  callers: KnownCallers;
}

export function createTrpcHandler({ services, streams, noteFailure, turns, callers }: TrpcDeps) {
  const subscriptions = subscriptionPaths(appRouter._def.procedures);

  return async (c: HttpContext): Promise<Response> => {
    const { principal } = c.get("authenticated");
    const stream = subscriptions.has(c.req.param("path") ?? "") ? openStream(c, streams) : undefined;
    return fetchRequestHandler({
      endpoint: TRPC_PATH,
      router: appRouter,
      req:
        stream === undefined
          ? await requestOf(c)
          : new Request(c.req.url, { headers: c.req.raw.headers, signal: stream.signal }),
      maxBatchSize: MAX_BATCH_CALLS,
      createContext({ info }) {
        // Whatever the spelling of the path, no stream may escape being counted and ended.
        if (info.type === "subscription" && stream === undefined) throw new TRPCError({ code: "NOT_FOUND" });
        if (info.calls.length === 1) return { services, principal };
        // The request has had its turn; so that it keeps nobody else waiting, each of its calls has one.
        const caller = callers.callerOf(c.env.incoming);
        const turn = async () => new Promise<void>((resolve) => turns.answer(caller, resolve));
        return { services, principal, turn };
      },
      onError({ error, path }) {
        noteFailure(c, error, path);
      },
    });
  };
}

/**
 * For tRPC to read: its own reading takes any bytes for UTF-8. The request itself, as making another one costs as much as the
 * procedure.
 */
async function requestOf(c: HttpContext): Promise<Request> {
  const { raw } = c.req;
  if (raw.method !== "POST") return raw;
  const text = await readJsonText(c);
  return Object.defineProperty(raw, "text", { value: async () => text });
}

/** @param procedures in tRPC's flat map, by full path */
function subscriptionPaths(procedures: object): ReadonlySet<string> {
  return new Set(
    Object.entries(procedures)
      .filter(
        ([, procedure]: [string, { _def?: { type?: string } }]) => procedure._def?.type === "subscription",
      )
      .map(([path]) => path),
  );
}
