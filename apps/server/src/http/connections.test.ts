import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createProxyCheck } from "./client-address.ts";
import { limitConnections } from "./connections.ts";

describe("connections of one network", () => {
  let server: Server;
  let clients: Socket[];
  let warnings: unknown[];
  beforeEach(() => {
    clients = [];
    warnings = [];
    server = createServer((_incoming, outgoing) => outgoing.end("hello"));
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  async function listen(trustedProxies: readonly string[]): Promise<void> {
    const logger = { warn: (...args: unknown[]) => void warnings.push(args) };
    limitConnections(server, { isProxy: createProxyCheck(trustedProxies), logger }, 3);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }

  /** @returns whether the server answers on it */
  async function open(from = "127.0.0.1"): Promise<boolean> {
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: "127.0.0.1", localAddress: from });
    clients.push(client);
    client.on("error", () => undefined);
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const { promise, resolve } = Promise.withResolvers<boolean>();
    client.once("data", () => resolve(true)).once("close", () => resolve(false));
    return promise;
  }

  it("are closed beyond the limit, until one of them goes; others get in", async () => {
    await listen([]);
    for (let count = 0; count < 3; count++) expect(await open()).toBe(true);
    expect([await open(), await open()]).toEqual([false, false]);
    expect(warnings).toHaveLength(1);
    expect(await open("127.0.0.2")).toBe(true);
    clients[0]?.destroy();
    await waitFor("room", open);
    expect(await open()).toBe(false);
  });

  it("have no limit where they are a trusted proxy's", async () => {
    await listen(["127.0.0.1"]);
    for (let count = 0; count < 6; count++) expect(await open()).toBe(true);
  });
});
