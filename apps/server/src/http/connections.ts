import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { networkOf, plainAddress, type ProxyCheck } from "./client-address.ts";

/** Of one network at a time: a house full of people behind one address, and no more. An idle one is a descriptor all the same. */
const CONNECTIONS_PER_NETWORK = 2_000;

/** Closes connections beyond the limit as they come. A trusted proxy's stand for many clients. */
export function limitConnections(
  server: Server,
  { isProxy, logger }: { isProxy: ProxyCheck; logger: Pick<Logger, "warn"> },
  limit = CONNECTIONS_PER_NETWORK,
): void {
  const open = new Map<string, number>();
  const refused = new Set<string>();

  server.on("connection", (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress ?? "");
    if (isProxy(address)) return;
    const network = networkOf(address);
    const others = open.get(network) ?? 0;
    if (others >= limit) {
      if (!refused.has(network))
        logger.warn({ network, limit }, "Further connections of a network are closed");
      refused.add(network);
      socket.destroy();
      return;
    }
    open.set(network, others + 1);
    socket.once("close", () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left > 0) return void open.set(network, left);
      open.delete(network);
      refused.delete(network);
    });
  });
}
