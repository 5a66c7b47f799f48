import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { EventBatch, SessionEvent } from "@trunkline/contract";

/** One request for `session.subscribe`, answered by hand, so that a test controls every byte. */
export class Subscriber {
  readonly input: { sessionId: string; lastEventId?: string };
  readonly headers: IncomingMessage["headers"];
  readonly response: ServerResponse;
  /** Resolves once the client is gone or the response has ended. */
  readonly closed: Promise<void>;

  constructor(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? "", "http://localhost");
    this.input = JSON.parse(url.searchParams.get("input") ?? "null") as Subscriber["input"];
    this.headers = request.headers;
    this.response = response;
    this.closed = new Promise((resolve) => response.once("close", resolve));
  }

  get cursor(): number {
    return Number(this.input.lastEventId ?? 0);
  }

  open(): this {
    this.response.writeHead(200, { "content-type": "text/event-stream" });
    return this.raw("event: connected\ndata: {}\n\n\n");
  }

  send(batch: EventBatch): this {
    return this.raw(message(batch));
  }

  raw(bytes: string | Uint8Array): this {
    this.response.write(bytes);
    return this;
  }

  fail(status: number, body: string, headers: Record<string, string> = {}): void {
    this.response.writeHead(status, headers).end(body);
  }

  /** Ends the connection like a crash: without the closing chunk. */
  cut(): void {
    this.response.socket?.destroySoon();
  }
}

/** A message as `sseStreamProducer` of `@trpc/server` writes it. */
export function message(batch: EventBatch): string {
  return `data: ${JSON.stringify(batch)}\nid: ${batch.events.at(-1)?.seq ?? 0}\n\n\n`;
}

export function textEvent(seq: number, text = `text ${seq}`): SessionEvent {
  return { sessionId: "s", taskId: "t", seq, at: 0, type: "text.delta", data: { blockId: "b", text } };
}

export interface ProtocolServer extends AsyncDisposable {
  url: string;
  sockets: ReadonlySet<Socket>;
  requests: number;
  /** Closes the idle keep-alive connections of Node's fetch. */
  closeIdle(): void;
}

/** Listens on a port of its own; `answer` gets each subscription, numbered from 1. */
export async function startProtocolServer(
  answer: (subscriber: Subscriber, count: number) => void,
): Promise<ProtocolServer> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    started.requests += 1;
    answer(new Subscriber(request, response), started.requests);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const started = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    requests: 0,
    closeIdle: () => server.closeIdleConnections(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return started;
}
