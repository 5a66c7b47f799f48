import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";
import {
  connectionReset,
  cutAfter,
  delayed,
  randomToxics,
  stalledAfter,
  ToxicProxy,
  unavailable,
  type ToxicChoice,
} from "./toxic-proxy.ts";
import { waitFor } from "./wait-for.ts";

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/**
 * Sends ticks as server-sent events, `id: 1`, `id: 2`, …, until the client leaves; reports how many clients are
 * connected.
 */
async function serveTicks(intervalMs = 2) {
  const clients = { count: 0 };
  const server = await serve((_request, response) => {
    clients.count++;
    response.writeHead(200, { "content-type": "text/event-stream" });
    let id = 0;
    const timer = setInterval(() => response.write(`id: ${++id}\ndata: tick\n\n`), intervalMs);
    response.once("close", () => {
      clients.count--;
      clearInterval(timer);
    });
  });
  return Object.assign(server, { clients });
}

const echo: RequestListener = (request, response) => void request.pipe(response);

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** A request over a raw socket: fetch hides what arrives with a cut, and opens spare connections after an abort. */
function get(url: string): Socket {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(REQUEST);
  return socket;
}

describe("a healthy connection", () => {
  test("carries requests and answers unchanged, of any size", async () => {
    await using server = await serve(echo);
    await using proxy = await ToxicProxy.start({ target: server.url });
    const body = Buffer.alloc(3_000_000, "0123456789");
    const response = await fetch(proxy.url, { method: "POST", body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    expect(proxy.counts).toMatchObject({ connections: 1, cut: 0 });
    expect(proxy.counts.responseBytes).toBeGreaterThan(body.length);
    expect(proxy.counts.requestBytes).toBeGreaterThan(body.length);
  });

  test("arrives under the server's own name", async () => {
    await using server = await serve(({ headers }, response) => response.end(JSON.stringify(headers)));
    await using proxy = await ToxicProxy.start({ target: server.url });
    const response = await fetch(proxy.url, {
      method: "POST",
      body: proxy.url,
      headers: { origin: proxy.url },
    });
    expect(await response.json()).toMatchObject({ host: new URL(server.url).host, origin: server.url });
  });

  test("ends on the server's side when the client goes", async () => {
    await using server = await serveTicks();
    await using proxy = await ToxicProxy.start({ target: server.url });
    const client = get(proxy.url);
    await once(client, "data");
    expect(server.clients.count).toBe(1);
    client.destroy();
    await waitFor("the server to notice", () => server.clients.count === 0);
    await waitFor("the proxy to let go", () => proxy.openConnections === 0);
  });

  test("a server that is not there closes it, and a later one is found", async () => {
    const gone = await serve(echo);
    await gone[Symbol.asyncDispose]();
    await using proxy = await ToxicProxy.start({ target: gone.url });
    await expect(fetch(proxy.url)).rejects.toThrow();
    await waitFor("the count", () => proxy.counts.unreachable === 1);
  });
});

describe("toxics", () => {
  test("a cut comes after exactly so many bytes of the response", async () => {
    await using server = await serveTicks(1);
    await using proxy = await ToxicProxy.start({ target: server.url });
    for (const bytes of [1, 7, 200, 1_001]) {
      proxy.toxics = () => [cutAfter(bytes)];
      expect((await buffer(get(proxy.url))).length).toBe(bytes);
    }
    expect(proxy.counts.cut).toBe(4);
    await waitFor("the server to notice", () => server.clients.count === 0);
  });

  test("a cut of both directions counts the request too, and may never let it through", async () => {
    await using server = await serveTicks(1);
    await using proxy = await ToxicProxy.start({ target: server.url, toxics: () => [cutAfter(100, "both")] });
    expect((await buffer(get(proxy.url))).length).toBe(100 - REQUEST.length);
    proxy.toxics = () => [cutAfter(10, "both")];
    expect((await buffer(get(proxy.url))).length).toBe(0);
    expect(proxy.counts.requestBytes).toBe(REQUEST.length + 10);
  });

  test("a stall keeps the connection without a byte, then goes on with nothing lost", async () => {
    await using server = await serveTicks(1);
    await using proxy = await ToxicProxy.start({
      target: server.url,
      toxics: () => [stalledAfter(300, 150)],
    });
    const startedAt = performance.now();
    const response = await fetch(proxy.url);
    let text = "";
    // Since before the stall: when a busy machine reads what came ahead of it says nothing of how long it was.
    let wentOnAfterMs = 0;
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.length > 300 && wentOnAfterMs === 0) wentOnAfterMs = performance.now() - startedAt;
      if (text.includes("id: 200\n")) break;
    }
    expect(wentOnAfterMs).toBeGreaterThan(140);
    expect(Array.from(text.matchAll(/id: (\d+)\n/g), ([, id]) => Number(id)).slice(0, 200)).toEqual(
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
    expect(proxy.counts.stalled).toBe(1);
  });

  test("a stall for ever ends when the client gives up", async () => {
    await using server = await serveTicks(1);
    await using proxy = await ToxicProxy.start({ target: server.url, toxics: () => [stalledAfter(300)] });
    const abort = new AbortController();
    const response = await fetch(proxy.url, { signal: abort.signal });
    await waitFor("the stall", () => proxy.counts.stalled === 1);
    expect(server.clients.count).toBe(1);
    abort.abort();
    await expect(response.text()).rejects.toThrow();
    await waitFor("the server to notice", () => server.clients.count === 0);
  });

  test("503 comes from the proxy itself, with the request unseen by the server", async () => {
    let requests = 0;
    await using server = await serve((_request, response) => response.end(String(++requests)));
    await using proxy = await ToxicProxy.start({ target: server.url, toxics: () => [unavailable(503, 2)] });
    const response = await fetch(proxy.url, { method: "POST", body: "x".repeat(500_000) });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    proxy.toxics = () => [];
    expect(await (await fetch(proxy.url)).text()).toBe("1");
    expect(proxy.counts).toMatchObject({ unavailable: 1, connections: 2 });
  });

  test("a reset is an error before any answer", async () => {
    await using server = await serve(echo);
    await using proxy = await ToxicProxy.start({ target: server.url, toxics: () => [connectionReset] });
    await expect(fetch(proxy.url)).rejects.toThrow();
    expect(proxy.counts.reset).toBeGreaterThan(0);
  });

  test("a delay holds back request and answer", async () => {
    await using server = await serve((_request, response) => response.end("late"));
    await using proxy = await ToxicProxy.start({ target: server.url, toxics: () => [delayed(60)] });
    const start = performance.now();
    expect(await (await fetch(proxy.url)).text()).toBe("late");
    expect(performance.now() - start).toBeGreaterThan(118);
    expect(proxy.counts.delayed).toBe(1);
  });

  test("each connection can get its own", async () => {
    await using server = await serve((_request, response) => response.end("ok"));
    await using proxy = await ToxicProxy.start({
      target: server.url,
      toxics: (connection) => (connection % 2 === 1 ? [unavailable(502)] : []),
    });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++) {
      statuses.push((await fetch(proxy.url, { headers: { connection: "close" } })).status);
    }
    expect(statuses).toEqual([502, 200, 502, 200]);
  });
});

describe("while it runs", () => {
  test("connections are refused for a while, and taken again on the same port", async () => {
    await using server = await serve((_request, response) => response.end("ok"));
    await using proxy = await ToxicProxy.start({ target: server.url });
    const { url } = proxy;
    await proxy.refuse();
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    await proxy.accept();
    expect(proxy.url).toBe(url);
    expect((await fetch(url)).status).toBe(200);
  });

  test("all open streams can be held, released and cut", async () => {
    await using server = await serveTicks(1);
    await using proxy = await ToxicProxy.start({ target: server.url });
    const streams = await Promise.all([1, 2, 3].map(() => fetch(proxy.url)));
    const reading = streams.map((stream) => stream.text());
    const ends = Promise.allSettled(reading);
    await waitFor("bytes", () => proxy.counts.responseBytes > 1_000);
    proxy.hold();
    let bytes = -1;
    await expect.poll(() => bytes === (bytes = proxy.counts.responseBytes)).toBe(true);
    proxy.release();
    await waitFor("more bytes", () => proxy.counts.responseBytes > bytes);
    proxy.cutAll();
    expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(proxy.counts.cut).toBe(3);
  });
});

describe("randomToxics", () => {
  const choice = randomToxics({ odds: { cut: 0.2, stall: 0.2, unavailable: 0.2, reset: 0.1, delay: 0.1 } });
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 1_000 }, (_, connection) => choice(connection, random));
  };

  test("the seed alone decides", () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(8)).not.toEqual(draw(7));
  });

  test("the odds are those that were given", () => {
    const kinds = draw(7).map(([toxic]) => toxic?.type);
    const share = (kind: string | undefined) => kinds.filter((drawn) => drawn === kind).length / kinds.length;
    for (const kind of ["cut", "stall", "unavailable", undefined]) expect(share(kind)).toBeCloseTo(0.2, 1);
    for (const kind of ["reset", "delay"]) expect(share(kind)).toBeCloseTo(0.1, 1);
  });

  test("the proxy draws by its seed", async () => {
    await using server = await serve((_request, response) => response.end("ok"));
    const drawn = async (seed: number) => {
      const numbers: number[] = [];
      const toxics: ToxicChoice = (_connection, random) => {
        numbers.push(random());
        return [];
      };
      await using proxy = await ToxicProxy.start({ target: server.url, seed, toxics });
      for (let call = 0; call < 3; call++) await fetch(proxy.url, { headers: { connection: "close" } });
      return numbers;
    };
    expect(await drawn(7)).toEqual(await drawn(7));
    expect(await drawn(8)).not.toEqual(await drawn(7));
  });
});
