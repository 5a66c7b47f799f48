import type { Socket } from "node:net";
import { MAX_HELLO_BYTES, readClientHello } from "./client-hello.ts";
import type { Destination, Gatekeeper } from "./gatekeeper.ts";
import { hostName } from "./host-rule.ts";
import type { ProxyLimits } from "./limits.ts";
import { pour, type TransferBudget } from "./transfer.ts";

/**
 * Carries a TLS connection, once its first message names the host that the tunnel was opened to. Otherwise the name would
 * be a claim: many hosts share an address, and whoever may reach one would reach all that its provider serves.
 */
export async function carryTunnel(
  client: Socket,
  upstream: Socket,
  options: {
    to: Destination;
    /** What the client sent along with its request. */
    head: Buffer;
    gatekeeper: Gatekeeper;
    budget: TransferBudget;
    limits: ProxyLimits;
  },
): Promise<void> {
  const { to, head, gatekeeper, budget, limits } = options;
  const hello = await readHello(client, head, limits.headerMs);
  if (hello === "ended") return void upstream.destroy();
  if (hello.serverName === null || hostName(hello.serverName) !== to.host) {
    gatekeeper.refuse({ ...to, reason: "not-tls" });
    upstream.destroy();
    client.destroy();
    return;
  }
  if (!budget.spend("sent", hello.bytes.length)) return void upstream.destroy();
  upstream.write(hello.bytes);
  client.setTimeout(limits.idleMs, () => client.destroy());
  pour(client, upstream, (bytes) => budget.spend("sent", bytes));
  pour(upstream, client, (bytes) => budget.spend("received", bytes));
}

/** @returns what was read, and the name that it asks for; null: it is no such message. */
function readHello(
  client: Socket,
  head: Buffer,
  timeoutMs: number,
): Promise<{ bytes: Buffer; serverName: string | null } | "ended"> {
  return new Promise((resolve) => {
    let bytes = head;
    const finish = (result: { bytes: Buffer; serverName: string | null } | "ended"): void => {
      clearTimeout(timer);
      client.pause();
      client.off("data", onData);
      client.off("end", onEnd);
      client.off("close", onEnd);
      resolve(result);
    };
    const look = (): void => {
      const hello = readClientHello(bytes);
      if (hello.type === "hello") return finish({ bytes, serverName: hello.serverName });
      const isTooLong = bytes.length > MAX_HELLO_BYTES + 1_024;
      if (hello.type === "none" || isTooLong) finish({ bytes, serverName: null });
    };
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      look();
    };
    const onEnd = (): void => {
      client.destroy();
      finish("ended");
    };
    const timer = setTimeout(onEnd, timeoutMs);
    client.on("data", onData);
    client.on("end", onEnd);
    client.on("close", onEnd);
    look();
  });
}
