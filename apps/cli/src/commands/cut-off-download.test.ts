import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const BEGINNING = '{"format":"trunkline.session","events":[';
const GZIPPED = gzipSync(BEGINNING.repeat(100));

it.each([
  ["of a known length", `${HEAD}Content-Length: 5000\r\n\r\n${BEGINNING}`],
  ["in chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n28\r\n${BEGINNING}\r\n`],
  [
    "in chunks, on a connection for it alone",
    `${HEAD}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n28\r\n${BEGINNING}\r\n`,
  ],
  ["that lasts until the connection ends, as of HTTP/1.0", `${HEAD}Connection: close\r\n\r\n${BEGINNING}`],
  ["of no byte", `${HEAD}Connection: close\r\n\r\n`],
  [
    "compressed on the way",
    Buffer.concat([
      Buffer.from(`${HEAD}Connection: close\r\nContent-Encoding: gzip\r\n\r\n`),
      GZIPPED.subarray(0, GZIPPED.length / 2),
    ]),
  ],
])("leaves no half file of a download %s that is cut off, and says so", async (_, answer) => {
  const server = createServer((socket) => {
    socket.on("error", () => undefined).once("data", () => socket.end(answer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const directory = mkdtempSync(join(tmpdir(), "trunkline-cut-off-"));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(directory, "session.json");
    const args = ["export", "01a22c85-4c4f-7770-be5c-322f293b2280", "-o", file, "--url", url];
    const { exitCode, out, err } = await runCaptured(args, { env: { TRUNKLINE_TOKEN: "t" } });
    expect(err).toContain(
      `The server at ${url} closed the connection in the middle of its answer. Try again.`,
    );
    expect([exitCode, out, existsSync(file)]).toEqual([4, "", false]);
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
});
