import { TrunklineConnectionError } from "@trunkline/client";
import { ANSWER_SHAPES, fits, type Shape } from "./answer-shapes.ts";

/** Longest that a call waits before the server is asked whether it is there at all, and that it then has to answer, in ms. */
const SILENCE_LIMIT_MS = 30_000;

/** Something takes connections and answers none: a server that hangs, or another kind of program. */
export class SilentServerError extends TrunklineConnectionError {
  constructor() {
    super("Nothing was answered");
  }
}

/** What answers is no Trunkline server, or one of a version that is too different. */
export class ForeignAnswerError extends TrunklineConnectionError {
  constructor(cause?: Error) {
    super("The answer is not one of a Trunkline server", cause);
  }
}

/**
 * A `fetch` for calls of a server, whose answers hold what commands rely on (`ANSWER_SHAPES`), and come. A call may take long,
 * as while tools end; then the server still answers others.
 *
 * @throws SilentServerError, and ForeignAnswerError from the answer's `json`
 */
export function checkedFetch(
  fetch: typeof globalThis.fetch,
  { silenceLimitMs = SILENCE_LIMIT_MS }: { silenceLimitMs?: number } = {},
): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const answer = await answered(fetch, url, init, silenceLimitMs);
    const read = answer.json.bind(answer);
    const json = async (): Promise<unknown> => {
      const value: unknown = await read().catch((error: unknown) => {
        throw error instanceof SyntaxError ? new ForeignAnswerError(error) : error;
      });
      if (answer.ok && !isAnswerTo(url.pathname, value)) throw new ForeignAnswerError();
      return value;
    };
    return Object.defineProperty(answer, "json", { value: json });
  };
}

async function answered(
  fetch: typeof globalThis.fetch,
  url: URL,
  init: RequestInit = {},
  silenceLimitMs: number,
): Promise<Response> {
  const silent = new AbortController();
  const { signal } = init;
  const call = fetch(url, {
    ...init,
    signal: signal instanceof AbortSignal ? AbortSignal.any([signal, silent.signal]) : silent.signal,
  });
  const health = url.href.replace(/\/(?:trpc|api)\/.*$/s, "/health");
  const ask = async (): Promise<void> => {
    const asked = await fetch(health, { redirect: "manual", signal: AbortSignal.timeout(silenceLimitMs) });
    await asked.body?.cancel();
  };
  const timer = setInterval(() => {
    ask().catch(() => silent.abort(new SilentServerError()));
  }, silenceLimitMs);
  try {
    return await call;
  } finally {
    clearInterval(timer);
  }
}

/** Of what is answered beside the calls. */
const OTHER_SHAPES: readonly (readonly [path: RegExp, Shape])[] = [
  [/\/api\/blobs$/, { sha256: "string" }],
  [/\/api\/sessions\/import$/, ANSWER_SHAPES["session.import"]],
];

function isAnswerTo(pathname: string, value: unknown): boolean {
  const names = /\/trpc\/([\w.,]+)$/.exec(pathname)?.[1]?.split(",");
  if (names === undefined) {
    const [, shape] = OTHER_SHAPES.find(([path]) => path.test(pathname)) ?? [];
    return shape === undefined || fits(value, shape);
  }
  return (
    Array.isArray(value) &&
    value.length === names.length &&
    names.every((name, at) => isResult(name, value[at]))
  );
}

/** tRPC's envelope, of one call in a batch. */
function isResult(name: string, value: unknown): boolean {
  if (fits(value, { error: {} })) return true;
  const shape: Shape = Object.hasOwn(ANSWER_SHAPES, name)
    ? ANSWER_SHAPES[name as keyof typeof ANSWER_SHAPES]
    : {};
  return fits(value, { result: { data: shape } });
}
