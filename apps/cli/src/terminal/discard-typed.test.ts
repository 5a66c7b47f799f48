import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { discardTyped } from "./discard-typed.ts";

/** What is typed reaches a socket as it does a terminal: the system keeps it until somebody reads. */
it("discards what was typed while the process was held up, though the time is over before it is read", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  await once(server, "listening");
  const typing = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(typing, "connect");
  const [socket] = await accepted;
  const stdin = Object.assign(socket, { setRawMode: () => socket }) as unknown as NodeJS.ReadStream;
  try {
    let read = "";
    socket.on("data", (data) => (read += String(data)));
    const outcome = discardTyped(stdin, new AbortController().signal);
    typing.write("y\r");
    // Longer than anybody pauses between keys.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    expect(await outcome).toBe("quiet");
    expect(read).toBe("y\r");
  } finally {
    typing.destroy();
    socket.destroy();
    server.close();
  }
});
