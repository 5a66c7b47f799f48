import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect as connectTo, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { describe, expect, it } from "vitest";
import { always, WebSite } from "../tools/web-fetch/testing/web-site.ts";
import { ConnectionCount } from "./command-proxy.ts";
import { ProxyBench, readAll, readUntil } from "./testing/proxy-bench.ts";
import { TlsSite } from "./testing/tls-site.ts";

const get = (url: string, headers = ""): string =>
  `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;
const connect = (authority: string): string => `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;

/** Speaks TLS through a tunnel. @returns the response, or the error's code */
async function throughTunnel(bench: ProxyBench, authority: string, servername: string): Promise<string> {
  const socket = await bench.connect(connect(authority));
  const opened = await readUntil(socket, "\r\n\r\n");
  if (!opened.startsWith("HTTP/1.1 200")) return opened;
  const secure = connectSecurely({ socket, servername, rejectUnauthorized: false });
  const failed = once(secure, "error").then(
    ([error]) => (error as NodeJS.ErrnoException).code ?? String(error),
  );
  secure.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  return Promise.race([readAll(secure), failed]);
}

describe("what is allowed goes through", () => {
  it("plain HTTP in absolute form, bodies both ways, with the host that was decided about", async () => {
    await using site = await WebSite.start((request, response) => {
      void request
        .toArray()
        .then((body) =>
          response.end(`${request.method} ${request.url} ${request.headers.host} ${body.join("")}`),
        );
    });
    await using bench = await ProxyBench.start({ allowed: [`one.example:${site.port}`] });
    const text = await bench.send(
      `POST http://ONE.example:${site.port}/a?b HTTP/1.1\r\nHost: evil.example\r\nConnection: close, X-Secret\r\n` +
        `X-Secret: 1\r\nProxy-Authorization: Basic eDp5\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nhello`,
    );
    expect(text).toContain(`POST /a?b one.example:${site.port} hello`);
    const { headers } = site.requests[0]!;
    expect(Object.keys(headers).toSorted()).toEqual(["connection", "content-length", "host"]);
    expect(bench.told).toEqual([]);
  });

  it("TLS in a tunnel to the host that it names", async () => {
    await using site = await TlsSite.start(["one.example"], always("inside"));
    await using bench = await ProxyBench.start({ allowed: [`one.example:${site.port}`] });
    expect(await throughTunnel(bench, `one.example:${site.port}`, "one.example")).toContain("inside");
    expect(bench.told).toEqual([]);
  });
});

describe("what is not is refused, and told once", () => {
  it("hosts that are not listed, without even looking up their name", async () => {
    await using bench = await ProxyBench.start({ allowed: ["one.example"] });
    for (const text of [
      connect("evil.example:443"),
      connect("evil.example:443"),
      get("http://evil.example/"),
      connect("one.example:22"),
      connect("sub.one.example:443"),
    ]) {
      expect(await bench.send(text)).toMatch(/^HTTP\/1\.1 403 .*\r\n[^]*not on the list/);
    }
    expect(bench.resolved).toEqual([]);
    expect(bench.told).toEqual([
      { host: "evil.example", port: 443, reason: "not-allowed" },
      { host: "evil.example", port: 80, reason: "not-allowed" },
      { host: "one.example", port: 22, reason: "not-allowed" },
      { host: "sub.one.example", port: 443, reason: "not-allowed" },
    ]);
  });

  it("a private address, whatever its name; also if only one of several is, or if it changes (DNS rebinding)", async () => {
    await using inner = await WebSite.start(always("inner"), "127.0.0.2");
    const answers = [["127.0.0.1", "127.0.0.2"], ["127.0.0.2"], ["127.0.0.1"]];
    await using bench = await ProxyBench.start({
      allowed: [`nice.example:${inner.port}`],
      resolve: async () => answers.shift() ?? ["127.0.0.2"],
      privateAddresses: ["127.0.0.2"],
    });
    const url = `http://nice.example:${inner.port}/`;
    for (const text of [get(url), connect(`nice.example:${inner.port}`)]) {
      expect(await bench.send(text)).toMatch(
        / 403 [^]*leads to 127\.0\.0\.2, and cannot be reached: it is not public/,
      );
    }
    // The address that was looked at is the one that is connected to: nobody listens there.
    expect(await bench.send(get(url))).toMatch(/ 502 [^]*ECONNREFUSED/);
    expect(inner.requests).toEqual([]);
    expect(bench.told).toEqual([{ host: "nice.example", port: inner.port, reason: "not-public" }]);
  });

  it.each([
    "127.0.0.1",
    "[::1]",
    "[::ffff:a9fe:a9fe]",
    "169.254.169.254",
    "0x7f.1",
    "2130706433",
    "017700000001",
    "93.184.215.14",
  ])("the address %s, public or not", async (address) => {
    await using bench = await ProxyBench.start({ allowed: ["one.example"] });
    expect(await bench.send(connect(`${address}:443`))).toMatch(/ 403 [^]*by name, not by address/);
    expect(await bench.send(get(`http://${address}/`))).toMatch(/ 403 [^]*by name, not by address/);
    expect(bench.told.map(({ reason }) => reason)).toEqual(["address", "address"]);
  });

  it("a tunnel that carries another host's TLS, none at all, or no name", async () => {
    await using site = await TlsSite.start(["one.example"], always("inside"));
    await using bench = await ProxyBench.start({ allowed: [`one.example:${site.port}`] });
    const authority = `one.example:${site.port}`;
    expect(await throughTunnel(bench, authority, "evil.example")).not.toContain("inside");
    expect(await throughTunnel(bench, authority, "")).not.toContain("inside");
    expect(await bench.send(`${connect(authority)}GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n`)).toBe(
      "HTTP/1.1 200 Connection established\r\n\r\n",
    );
    expect(site.requests).toEqual([]);
    expect(bench.told).toEqual([{ host: "one.example", port: site.port, reason: "not-tls" }]);
  });

  it("no more than so many are told", async () => {
    await using bench = await ProxyBench.start({ limits: { refusals: 3 } });
    for (let n = 0; n < 6; n++) await bench.send(connect(`h${n}.example:443`));
    expect(bench.told).toHaveLength(3);
  });
});

describe("malformed requests are answered, and reach nobody", () => {
  it.each([
    [
      "origin form, with a Host header",
      "GET / HTTP/1.1\r\nHost: one.example\r\nConnection: close\r\n\r\n",
      400,
    ],
    ["https in absolute form", get("https://one.example/"), 400],
    ["another scheme", get("ftp://one.example/"), 400],
    ["a password in the URL", get("http://u:p@one.example/"), 400],
    ["CONNECT without a port", connect("one.example"), 400],
    ["CONNECT with a path", connect("one.example:443/x"), 400],
    ["CONNECT with a user", connect("x@one.example:443"), 400],
    ["CONNECT to port 0", connect("one.example:0"), 400],
    ["CONNECT to a single label", connect("localhost:443"), 400],
    ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 400],
    ["a huge header", get("http://one.example/", `X: ${"y".repeat(20_000)}\r\n`), 431],
    ["two lengths", get("http://one.example/", "Content-Length: 5\r\nContent-Length: 6\r\n"), 400],
    [
      "a length and chunks",
      get("http://one.example/", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
      400,
    ],
    ["chunks, spelled oddly", get("http://one.example/", "Transfer-Encoding: xchunked\r\n"), 400],
    ["a folded header", get("http://one.example/", "X: a\r\n Y: b\r\n"), 400],
    ["a bare line feed", "GET http://one.example/ HTTP/1.1\nHost: x\n\n", 400],
  ])("%s", async (_what, text, status) => {
    await using bench = await ProxyBench.start({ allowed: ["one.example"] });
    expect(await bench.send(text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(bench.resolved).toEqual([]);
  });

  it("a second request hidden in a body stays a body", async () => {
    const bodies: string[] = [];
    await using site = await WebSite.start((request, response) => {
      void request.toArray().then((body) => {
        bodies.push(body.join(""));
        response.end("ok");
      });
    });
    await using bench = await ProxyBench.start({ allowed: [`one.example:${site.port}`] });
    const hidden = "GET /hidden HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    await bench.send(
      `POST http://one.example:${site.port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
        `Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
    );
    expect(site.requests.map(({ url }) => url)).toEqual(["/"]);
    expect(bodies).toEqual([hidden]);
  });
});

describe("everything is bounded", () => {
  it("a thousand connections: so many are served, the rest are closed, and others go on", async () => {
    const count = new ConnectionCount(60);
    await using bench = await ProxyBench.start({ limits: { connections: 30 }, count });
    await using neighbour = await ProxyBench.start({ count });
    const all = await Promise.all(Array.from({ length: 1_000 }, () => bench.connect()));
    const open = (): number => all.filter(({ destroyed }) => !destroyed).length;
    const closed = all.map((socket) => (socket.destroyed ? null : once(socket, "close")));
    for (let left = 1_000 - 30; left > 0; left--) {
      if (open() <= 30) break;
      await Promise.race(
        closed.flatMap((event, index) => (event === null || all[index]!.destroyed ? [] : [event])),
      );
    }
    expect(open()).toBe(30);
    expect(await neighbour.send(connect("evil.example:443"))).toContain(" 403 ");
  });

  it("connections of all commands together", async () => {
    const count = new ConnectionCount(1);
    await using first = await ProxyBench.start({ count });
    await using second = await ProxyBench.start({ count });
    const holding = await first.connect(connect("evil.example:443").slice(0, 10));
    expect(await readAll(await second.connect(connect("evil.example:443")))).toBe("");
    holding.destroy();
    await expect.poll(() => second.send(connect("evil.example:443"))).toContain(" 403 ");
  });

  it("connections of one user's commands: another's find a place", async () => {
    const count = new ConnectionCount(8);
    const ownerId = "alice";
    await using first = await ProxyBench.start({ count, ownerId });
    await using second = await ProxyBench.start({ count, ownerId });
    await using other = await ProxyBench.start({ count });
    const open = async (bench: ProxyBench) => bench.connect(connect("evil.example:443").slice(0, 10));
    const held = [await open(first), await open(first), await open(second), await open(second)];
    expect(await readAll(await second.connect(connect("evil.example:443")))).toBe("");
    expect(await other.send(connect("evil.example:443"))).toContain(" 403 ");
    for (const socket of held) socket.destroy();
    await expect.poll(() => second.send(connect("evil.example:443"))).toContain(" 403 ");
  });

  it("tunnels to the proxy itself: one for each connection, which counts once", async () => {
    const count = new ConnectionCount(4);
    await using bench = await ProxyBench.start({ count, answerItself: (_, response) => void response.end() });
    const itself = connect("127.0.0.1:3128");
    const socket = await bench.connect(itself);
    await readUntil(socket, "established\r\n\r\n");
    expect(await bench.send(connect("evil.example:443"))).toContain(" 403 ");
    socket.write(itself);
    expect(await readUntil(socket, "\n")).toMatch(/ 400 /);
  });

  it("a header that trickles, and a tunnel that says nothing", async () => {
    await using site = await TlsSite.start(["one.example"], always("inside"));
    await using bench = await ProxyBench.start({ limits: { headerMs: 50 } });
    expect(await bench.send("GET http://one.example/ HTTP/1.1\r\nX:")).toContain(" 408 ");
    // Its header has to come in time.
    await using slower = await ProxyBench.start({
      allowed: [`one.example:${site.port}`],
      limits: { headerMs: 2_000 },
    });
    expect(await slower.send(connect(`one.example:${site.port}`))).toBe(
      "HTTP/1.1 200 Connection established\r\n\r\n",
    );
  });

  it("silence", async () => {
    await using silent = await WebSite.start(() => undefined);
    await using bench = await ProxyBench.start({
      allowed: [`one.example:${silent.port}`],
      limits: { idleMs: 50 },
    });
    expect(await bench.send(get(`http://one.example:${silent.port}/`))).not.toContain(" 200 ");
  });

  it("names that nobody answers for", async () => {
    await using bench = await ProxyBench.start({
      allowed: ["one.example"],
      resolve: () => new Promise(() => undefined),
      limits: { connectMs: 50 },
    });
    expect(await bench.send(connect("one.example:443"))).toMatch(/ 502 [^]*no connection within/);
  });

  it("bytes, and then nothing more is let through", async () => {
    await using site = await WebSite.start(always("x".repeat(200_000)));
    await using bench = await ProxyBench.start({
      allowed: [`one.example:${site.port}`],
      limits: { receivedBytes: 100_000 },
    });
    const url = `http://one.example:${site.port}/`;
    expect((await bench.send(get(url))).length).toBeLessThan(101_000);
    expect(await bench.send(get(url))).toMatch(/ 403 [^]*used up/);
    expect(bench.proxy.budget.isSpent).toBe(true);
  });
});

it("its end closes every connection, on both sides", async () => {
  const accepted: Socket[] = [];
  const server = createServer().listen(0, "127.0.0.1");
  server.on("connection", (socket: Socket) => accepted.push(socket));
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using bench = await ProxyBench.start({ allowed: [`one.example:${port}`] });
  const hanging = await bench.connect(get(`http://one.example:${port}/`));
  await once(server, "request");
  const ended = [once(hanging, "close"), once(accepted[0]!, "close")];
  await bench.proxy.close();
  await Promise.all(ended);
  await expect(once(connectTo(bench.port, "127.0.0.1"), "connect")).rejects.toThrow("ECONNREFUSED");
  server.close();
});
