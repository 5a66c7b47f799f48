import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Agent, get, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { openHttpFixture } from "./testing/http-fixture.ts";

/** A client that honours what the server says may have been away for so long when it sends. */
const CLIENT_AWAY_MS = 10_000;

/** nginx keeps an idle connection to an upstream for 60 s, as load balancers do. */
const PROXY_IDLE_S = 60;

it("keeps an idle connection for longer than the proxies before it, and says so", async () => {
  await using fixture = await openHttpFixture();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const ports = new Set<number | undefined>();
    for (let request = 0; request < 2; request++) {
      const [answer] = (await once(get(`${fixture.url}/health`, { agent }), "response")) as [IncomingMessage];
      ports.add(answer.socket.localPort);
      await text(answer);
      const [, seconds] = /^timeout=(\d+)$/.exec(String(answer.headers["keep-alive"])) ?? [];
      expect(Number(seconds)).toBeGreaterThan(PROXY_IDLE_S);
    }
    expect(ports.size).toBe(1);
  } finally {
    agent.destroy();
  }
});

it("keeps it for longer than it says, so that a request at the last moment is not lost", async () => {
  await using fixture = await openHttpFixture();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets: Socket[] = [];
  const note = (message: unknown): void => {
    sockets.push((message as { socket: Socket }).socket);
  };
  subscribe("http.server.request.start", note);
  try {
    const [answer] = (await once(get(`${fixture.url}/health`, { agent }), "response")) as [IncomingMessage];
    const { localPort } = answer.socket;
    await text(answer);
    const [, seconds] = /^timeout=(\d+)$/.exec(String(answer.headers["keep-alive"])) ?? [];
    const socket = sockets.find(({ remotePort }) => remotePort === localPort);
    await expect.poll(() => socket?.timeout).toBeGreaterThan(Number(seconds) * 1_000 + CLIENT_AWAY_MS);
  } finally {
    unsubscribe("http.server.request.start", note);
    agent.destroy();
  }
});
