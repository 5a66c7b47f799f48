import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGuardedFetch } from "./guarded-fetch.ts";
import { Pace } from "../common/pace.ts";

describe("an answer that does not end", () => {
  let server: Server;
  let url: string;
  let open: number;
  beforeEach(async () => {
    open = 0;
    server = createServer((_request, response) => {
      response.writeHead(202, { "content-type": "text/event-stream" }).write("data: 1\n\n");
    });
    server.on("connection", (socket) => {
      open += 1;
      socket.on("error", () => undefined).on("close", () => (open -= 1));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const ask = async () =>
    createGuardedFetch(async ({ port }) => {
      const socket = connect(Number(port), "127.0.0.1");
      await once(socket, "connect");
      return socket;
    }, new Pace())(url, { method: "POST", body: "{}" });

  it("leaves no connection where it is canceled before it is read", async () => {
    const { body } = await ask();
    expect(open).toBe(1);
    await body?.cancel();
    await waitFor("the connection's end", () => open === 0);
  });

  it("leaves none where its reader waits for more", async () => {
    const reader = (await ask()).body?.getReader();
    expect(String(Buffer.from((await reader?.read())?.value ?? []))).toBe("data: 1\n\n");
    const more = reader?.read();
    await reader?.cancel();
    expect(await more).toEqual({ done: true, value: undefined });
    await waitFor("the connection's end", () => open === 0);
  });
});
