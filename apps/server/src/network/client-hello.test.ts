import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect } from "node:tls";
import { expect, it } from "vitest";
import { readClientHello } from "./client-hello.ts";

/** What Node's TLS client says first. */
async function firstWords(servername: string): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", servername });
  client.on("error", () => undefined);
  const [socket] = (await once(server, "connection")) as [Socket];
  const [bytes] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}

it("reads the name that a client asks for, from whatever pieces it comes in", async () => {
  const bytes = await firstWords("registry.example.com");
  expect(readClientHello(bytes)).toEqual({ type: "hello", serverName: "registry.example.com" });
  expect(readClientHello(Buffer.concat([bytes, Buffer.from("more")])).type).toBe("hello");
  for (let length = 0; length < bytes.length; length++) {
    expect(readClientHello(bytes.subarray(0, length))).toEqual({ type: "incomplete" });
  }
  const message = bytes.subarray(5);
  const records = Array.from({ length: Math.ceil(message.length / 7) }, (_, index) => {
    const part = message.subarray(index * 7, index * 7 + 7);
    return Buffer.concat([Buffer.from([22, 3, 1, 0, part.length]), part]);
  });
  expect(readClientHello(Buffer.concat(records))).toEqual({
    type: "hello",
    serverName: "registry.example.com",
  });
  expect(readClientHello(Buffer.concat(records.slice(0, -1)))).toEqual({ type: "incomplete" });
});

it("a client that names nobody, another protocol, and whatever bytes: no name, and no crash", async () => {
  expect(readClientHello(await firstWords(""))).toEqual({ type: "hello", serverName: null });
  for (const text of [
    "GET / HTTP/1.1\r\n",
    "SSH-2.0-x\r\n",
    "\x16\x03\x01\x00\x00",
    "\x16\x03\x01\x00\x04\x02\x00\x00\x00",
  ]) {
    expect(readClientHello(Buffer.from(text, "latin1"))).toEqual({ type: "none" });
  }
  const bytes = await firstWords("registry.example.com");
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 1, 0x7f, 0xff]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = value;
      expect(["hello", "none", "incomplete"]).toContain(readClientHello(damaged).type);
    }
  }
  // It does not wait for a message that would be larger than any.
  expect(readClientHello(Buffer.from([22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff]))).toEqual({ type: "none" });
});
