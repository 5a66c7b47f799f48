/**
 * Yardstick for server-sent events: `node:http` and nothing else. No store, no sign-in, no sessions; an event is
 * serialised once, however many read it. It speaks as much of the server's stream protocol as the benchmark's reader
 * needs, so the same code reads both.
 *
 *   GET  /health                   200
 *   GET  /channel/<name>           follows what is appended from now on
 *   POST /channel/<name>?count=k   one tick: k events, one message to every stream
 *   GET  /log/<n>                  replays n events from memory, in pages
 */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerRequests } from "./processes/answer-requests.ts";
import { benchmarkEvent } from "./yardstick/benchmark-event.ts";
import type { RawProtocol } from "./yardstick/raw-protocol.ts";

const PING_INTERVAL_MS = 10_000;
/** Events per message while replaying, as in the server. */
const REPLAY_PAGE = 500;

interface Channel {
  streams: Set<ServerResponse>;
  lastSeq: number;
}

const channels = new Map<string, Channel>();
const logs = new Map<string, object[]>();

function channelOf(name: string): Channel {
  let channel = channels.get(name);
  if (channel === undefined) {
    channel = { streams: new Set(), lastSeq: 0 };
    channels.set(name, channel);
  }
  return channel;
}

function message(events: object[], live: boolean, id: number): string {
  return `data: ${JSON.stringify({ events, live })}\nid: ${id}\n\n`;
}

function append(channel: Channel, count: number): void {
  const events: object[] = [];
  for (let index = 0; index < count; index++) events.push(benchmarkEvent((channel.lastSeq += 1)));
  const bytes = Buffer.from(message(events, true, channel.lastSeq));
  for (const stream of channel.streams) stream.write(bytes);
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("event: connected\ndata: {}\n\n");
}

function follow(response: ServerResponse, { streams, lastSeq }: Channel): void {
  openStream(response);
  response.write(message([], true, lastSeq));
  streams.add(response);
  response.once("close", () => streams.delete(response));
}

async function replay(response: ServerResponse, events: object[]): Promise<void> {
  openStream(response);
  for (let from = 0; from < events.length && !response.destroyed; from += REPLAY_PAGE) {
    const to = Math.min(from + REPLAY_PAGE, events.length);
    if (!response.write(message(events.slice(from, to), to === events.length, to)))
      await once(response, "drain");
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://raw");
  const [, kind, name = ""] = url.pathname.split("/");
  const log = kind === "log" ? logs.get(name) : undefined;
  if (log !== undefined) return void replay(response, log);
  if (kind === "channel" && request.method === "GET") return follow(response, channelOf(name));
  request.resume();
  request.once("end", () => {
    if (kind === "channel") append(channelOf(name), Number(url.searchParams.get("count")));
    response.writeHead(200, { "content-type": "application/json" }).end('{"status":"ok"}');
  });
});

setInterval(() => {
  for (const { streams } of channels.values()) {
    for (const stream of streams) stream.write("event: ping\ndata: \n\n");
  }
}, PING_INTERVAL_MS).unref();

answerRequests<RawProtocol>({
  async start() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { port: (server.address() as AddressInfo).port };
  },

  async fill({ events }) {
    logs.set(
      String(events),
      Array.from({ length: events }, (_, index) => benchmarkEvent(index + 1)),
    );
    return null;
  },
});
