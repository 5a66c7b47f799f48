import { Agent, get, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { openHttpFixture } from "./testing/http-fixture.ts";

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
