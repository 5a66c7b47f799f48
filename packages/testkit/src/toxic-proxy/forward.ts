import { connect, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { counting, cutting, delaying, gated, replacing, stalling, through, type Stage } from "./stages.ts";
import type { Toxic } from "./toxic.ts";
import type { ToxicCounts } from "./toxic-counts.ts";

export interface Forwarding {
  client: Socket;
  target: { host: string; port: number };
  toxics: readonly Toxic[];
  counts: ToxicCounts;
  /** Resolves while the proxy lets responses pass. */
  isReleased: () => Promise<void>;
}

/** Forwards a connection in both directions, applying its toxics, until either side ends. Never rejects. */
export async function forward({ client, target, toxics, counts, isReleased }: Forwarding): Promise<void> {
  const upstream = connect(target);
  const closed = new AbortController();
  let isConnected = false;
  upstream.once("connect", () => {
    isConnected = true;
  });
  client.once("close", () => closed.abort());

  // Ends of the Host and Origin lines. The server refuses foreign names, and does not know ours.
  const ours = `${client.localAddress}:${client.localPort}\r\n`;
  const request: Stage[] = [replacing(ours, `${target.host}:${target.port}\r\n`)];
  const response: Stage[] = [gated(isReleased)];
  for (const toxic of toxics) {
    if (toxic.type === "delay") {
      counts.delayed++;
      request.push(delaying(toxic.ms, closed.signal));
      response.push(delaying(toxic.ms, closed.signal));
    } else if (toxic.type === "stall") {
      response.push(stalling(toxic.afterBytes, toxic.forMs, closed.signal, () => counts.stalled++));
    } else if (toxic.type === "cut") {
      const cut = cutting({ bytes: toxic.afterBytes }, () => counts.cut++);
      response.push(cut);
      if (toxic.of === "both") request.push(cut);
    }
  }
  request.push(counting((bytes) => (counts.requestBytes += bytes)));
  response.push(counting((bytes) => (counts.responseBytes += bytes)));

  const close = (): void => {
    client.destroy();
    upstream.destroy();
  };
  // A reset rejects one of them: that is how connections end here. Half-closed ones are not kept.
  await Promise.allSettled([
    pipeline(through(client, request), upstream).finally(close),
    pipeline(through(upstream, response), client).finally(close),
  ]);
  if (!isConnected) counts.unreachable++;
}
