import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { allowPauses, closeUnreadAnswers } from "./unread-answers.ts";

/** More than a connection takes by itself. */
const LARGE = Buffer.alloc(40_000_000);

describe("an answer that nobody reads", () => {
  let server: Server;
  let answer: (outgoing: ServerResponse) => void;
  let client: Socket;
  beforeEach(async () => {
    server = createServer((_incoming, outgoing) => answer(outgoing));
    closeUnreadAnswers(server, 20);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  });
  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  /** Asks and does not read. @returns the answer, once it waits */
  async function ask(): Promise<ServerResponse> {
    const { promise, resolve } = Promise.withResolvers<ServerResponse>();
    answer = (outgoing) => {
      outgoing.end(LARGE);
      resolve(outgoing);
    };
    client.pause();
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    return promise;
  }

  it("ends with its connection", async () => {
    const outgoing = await ask();
    await once(outgoing, "close");
    expect(outgoing.writableFinished).toBe(false);
  });

  it("may be paused as a live stream, until that ends", async () => {
    const stream = new AbortController();
    const outgoing = await ask();
    allowPauses(outgoing, stream.signal);
    for (let timeouts = 0; timeouts < 4; timeouts++) await once(outgoing, "timeout");
    expect(outgoing.destroyed).toBe(false);
    stream.abort();
    await once(outgoing, "close");
    expect(outgoing.writableFinished).toBe(false);
  });

  it("is none while it is being made", async () => {
    const { promise, resolve } = Promise.withResolvers<ServerResponse>();
    answer = resolve;
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const outgoing = await promise;
    for (let timeouts = 0; timeouts < 4; timeouts++) await once(outgoing, "timeout");
    outgoing.end("made");
    await once(outgoing, "close");
    expect(outgoing.writableFinished).toBe(true);
  });
});
