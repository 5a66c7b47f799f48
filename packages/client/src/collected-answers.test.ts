import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { downloadBlob } from "./blob-download.ts";
import { createClient, type TrunklineClient } from "./client.ts";
import { exportDocument } from "./session-document.ts";
import { downloadArchive, downloadFile, downloadPatch } from "./workspace-download.ts";

const CONTENT = "all of it";
const sha256 = "0".repeat(64);
const TYPES: Readonly<Record<string, string>> = {
  export: "application/json",
  archive: "application/gzip",
  patch: "text/x-patch",
  [sha256]: "image/png",
};

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const server = createServer(({ url = "" }, response) => {
  const { pathname } = new URL(url, "http://localhost");
  const type = TYPES[pathname.split("/").at(-1) ?? ""] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type }).end(CONTENT);
});
let client: TrunklineClient;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

/** Node's fetch cancels what nobody reads yet when it finds the response collected: then a stream ends as if it were empty. */
it.each([
  ["an export", async () => exportDocument(client, "s")],
  ["a file", async () => downloadFile(client, { sessionId: "s", path: "a" })],
  ["an archive", async () => downloadArchive(client, { sessionId: "s" })],
  ["a patch", async () => downloadPatch(client, { sessionId: "s" })],
  ["a blob", async () => downloadBlob(client, { sha256, mediaType: "image/png" })],
])("%s is whole, however late it is read", async (_, download) => {
  const stream = await download();
  for (let turn = 0; turn < 5; turn++) {
    await new Promise(setImmediate);
    collectGarbage();
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await text(stream)).toBe(CONTENT);
});
