import { type ProcedurePath, procedureSchemas, REST_ROUTES } from "@trunkline/contract/rest";
import { type Input, restTarget } from "./surface.ts";

export interface Told {
  /** HTTP status or, if a stream fails after it has started, that of its error. */
  status: number;
  /** For a stream: its first message. */
  body: string;
}

/** Calls a procedure with only these headers. */
export type Call = (path: ProcedurePath, input: Input, headers: Record<string, string>) => Promise<Told>;

export function accessCalls(url: string): Readonly<Record<"tRPC" | "REST", Call>> {
  return {
    async tRPC(path, input, headers) {
      const target = `${url}/trpc/${path}`;
      if (procedureSchemas(path).kind === "mutation") return send("POST", target, headers, input);
      return send("GET", `${target}?input=${encodeURIComponent(JSON.stringify(input))}`, headers);
    },
    async REST(path, input, headers) {
      const { method } = REST_ROUTES[path];
      const { target, rest } = restTarget(url, path, input);
      if (method === "POST" || method === "PATCH") return send(method, target, headers, rest);
      const query = new URLSearchParams(Object.entries(rest).map(([name, value]) => [name, String(value)]));
      const isStream = procedureSchemas(path).kind === "subscription";
      const accept = isStream ? "text/event-stream" : "application/json";
      return send(method, `${target}?${query.toString()}`, { ...headers, accept });
    },
  };
}

async function send(
  method: string,
  target: string,
  headers: Record<string, string>,
  body?: Input,
): Promise<Told> {
  const leave = new AbortController();
  const response = await fetch(target, {
    method,
    headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: leave.signal,
  });
  const { status } = response;
  if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) {
    return { status, body: await response.text() };
  }
  try {
    return await firstMessage(response);
  } finally {
    leave.abort();
  }
}

/** Skips the message that confirms the connection. */
async function firstMessage({ status, body }: Response): Promise<Told> {
  let text = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const messages = text.split("\n\n").slice(0, -1);
    const told = messages.find((message) => !/^(?::|event: connected)/.test(message));
    if (told === undefined) continue;
    const failure = /^event: (?:serialized-error|failure)\ndata: (.*)$/m.exec(told)?.[1];
    if (failure === undefined) return { status, body: told };
    const shape = JSON.parse(failure) as { data: { httpStatus: number } };
    return { status: shape.data.httpStatus, body: failure };
  }
  throw new Error(`the stream ended after: ${text}`);
}
