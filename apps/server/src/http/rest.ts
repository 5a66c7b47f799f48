import type { Services } from "@trunkline/contract";
import {
  type ProcedurePath,
  REST_ROOT,
  REST_ROUTES,
  type RestOperation,
  restOperations,
} from "@trunkline/contract/rest";
import type { Hono } from "hono";
import { accepts } from "hono/accepts";
import type { Logger } from "pino";
import { begun } from "./begun.ts";
import type { NoteCallFailure, NoteStreamFailure } from "./call-failure.ts";
import { answerWithStream } from "./deferred-stream.ts";
import { methodRefusal, toResponse } from "./error-answer.ts";
import type { HttpContext, HttpEnv } from "./http-env.ts";
import type { LiveStreams } from "./live-streams.ts";
import { openStream } from "./open-stream.ts";
import { REST_DOCUMENTS } from "./rest-documents.ts";
import { createRestProcedure } from "./rest-procedure.ts";
import { createRestStreams, type WriteStream } from "./rest-streams.ts";

export interface RestDeps {
  services: Services;
  streams: LiveStreams;
  noteFailure: NoteCallFailure;
  noteStreamFailure: NoteStreamFailure;
  logger: Logger;
}

type Handler = (c: HttpContext) => Promise<Response>;

/** Serves every procedure at its route in the contract's table. */
export function registerRest(app: Hono<HttpEnv>, deps: RestDeps): void {
  const writers = createRestStreams();
  const methods = new Map<string, string[]>();
  for (const operation of restOperations()) {
    const path = REST_ROOT + operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.on(operation.method, path, createHandler(operation, writers, deps));
    methods.set(path, [...(methods.get(path) ?? []), operation.method]);
  }
  for (const [path, allowed] of methods) app.all(path, () => methodRefusal(allowed));
}

function createHandler(
  { method, path, call, stream }: RestOperation,
  writers: Readonly<Record<string, WriteStream>>,
  deps: RestDeps,
): Handler {
  const answerCall = call === null ? null : createCallHandler(call, deps);
  const answerStream = stream === null ? null : createStreamHandler(stream, writers[stream], deps);
  if (answerCall === null || answerStream === null) {
    const handler = answerCall ?? answerStream;
    if (handler === null) throw new Error(`${method} ${path} does nothing`);
    return handler;
  }
  return async (c) => (prefersStream(c) ? answerStream(c) : answerCall(c));
}

function prefersStream(c: HttpContext): boolean {
  const supports = ["application/json", "text/event-stream"];
  return accepts(c, { header: "Accept", supports, default: "application/json" }) === "text/event-stream";
}

function createCallHandler(path: ProcedurePath, deps: RestDeps): Handler {
  const procedure = createRestProcedure(path, deps);
  const { status } = REST_ROUTES[path];
  const handleDocument = REST_DOCUMENTS[path];
  return async (c) => {
    try {
      const answer = await handleDocument?.(c, deps);
      if (answer) return answer;
      return toResponse({ status, body: JSON.stringify(await procedure.call(c)) });
    } catch (cause) {
      return toResponse(procedure.refusal(c, cause));
    }
  };
}

function createStreamHandler(path: ProcedurePath, write: WriteStream | undefined, deps: RestDeps): Handler {
  if (write === undefined) throw new Error(`Nobody has said yet how ${path} looks over REST`);
  const procedure = createRestProcedure(path, deps);
  return async (c) => {
    const { outgoing } = c.env;
    const stream = openStream(c, deps.streams);
    const { signal } = stream;
    try {
      // Refusals need an HTTP status: the stream responds with 200 only once it has its first item.
      const items = await begun((await procedure.call(c, signal)) as AsyncIterable<unknown>);
      return answerWithStream(outgoing, (headers) => {
        const failed = (error: unknown) => deps.noteStreamFailure(c, error, path, c.req.param("sessionId"));
        write(outgoing, items, { signal, headers, failed })
          .catch((error: unknown) => deps.logger.error({ err: error, path }, "A stream could not be written"))
          .finally(() => stream.close());
      });
    } catch (cause) {
      stream.close();
      return toResponse(procedure.refusal(c, cause));
    }
  };
}
