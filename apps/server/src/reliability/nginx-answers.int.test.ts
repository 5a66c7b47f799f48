import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { freePort } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACK_TIMEOUT_MS } from "../publish/private-repository.ts";
import { Http2Client } from "./testing/http2-client.ts";
import { findInstalled, Nginx } from "./testing/nginx.ts";

const HOST = "agents.test";
const [program, openssl] = await Promise.all([findInstalled("nginx"), findInstalled("openssl")]);

describe.skipIf(program === null || openssl === null)("what nodes answer through nginx", () => {
  const resources = new AsyncDisposableStack();
  const nodes: Server[] = [];
  const asked: string[] = [];
  let client: Http2Client;

  beforeAll(async () => {
    for (let index = 0; index < 3; index += 1) {
      const node = createServer((request, response) => {
        asked.push(request.url ?? "");
        response.statusCode = request.url === "/refused" ? 503 : 200;
        response.end("from a node");
      }).listen(0, "127.0.0.1");
      await once(node, "listening");
      resources.defer(() => {
        node.close();
        node.closeAllConnections();
      });
      nodes.push(node);
    }
    const port = await freePort();
    const urls = nodes.map((node) => `http://127.0.0.1:${(node.address() as AddressInfo).port}`);
    const options = { program: program!, host: HOST, nodes: urls, port, shutdownTimeout: "1s" };
    const { certificate } = resources.use(await Nginx.start(options));
    client = resources.use(new Http2Client({ host: HOST, port, certificate, localAddress: "127.0.0.2" }));
  });
  afterAll(async () => resources.disposeAsync());

  it("a call that is refused with 503 is not made again, and puts no node out of use", async () => {
    for (let calls = 0; calls < 6; calls += 1) {
      expect(await client.send({ ":path": "/refused" })).toMatchObject({ status: 503, body: "from a node" });
    }
    expect(asked).toHaveLength(6);
    expect(await client.send({ ":path": "/fine" })).toMatchObject({ status: 200, body: "from a node" });
  });

  it("another node answers for one that is down", async () => {
    const [first] = nodes;
    first!.close();
    first!.closeAllConnections();
    for (let calls = 0; calls < 6; calls += 1) {
      expect(await client.send({ ":path": "/fine" })).toMatchObject({ status: 200, body: "from a node" });
    }
  });
});

it.each(["docs/nginx.conf", "docker/nginx.conf"])("%s waits for publishing", async (path) => {
  const text = await readFile(new URL(`../../../../${path}`, import.meta.url), "utf8");
  const minutes = Number(/proxy_read_timeout (\d+)m;/.exec(text)?.[1]);
  // The commit and the push.
  expect(minutes * 60_000).toBeGreaterThan(2 * PACK_TIMEOUT_MS);
});
