import { once } from "node:events";
import { createServer } from "node:net";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { FETCH_LIMITS } from "./fetch-page.ts";
import { always, fetchWith, testRoute, WebSite } from "./testing/web-site.ts";
import { testCompute } from "../../compute/testing/test-compute.ts";
import { toMarkdown } from "./to-markdown.ts";

const route = testRoute();
const MIB = 1_048_576;
const PLAIN = { "content-type": "text/plain" };

test("a body without end is cut, and its connection closed", async () => {
  const closed = Promise.withResolvers<void>();
  await using site = await WebSite.start((_request, response) => {
    response.writeHead(200, PLAIN);
    const write = (): void => {
      while (response.write("x".repeat(65_536)));
    };
    response.on("drain", write).on("close", () => closed.resolve());
    write();
  });
  const { output } = await fetchWith({ route }, { url: site.url() });
  expect(output).toContain("[… the text continues: fetch it with offset 50000 …]");
  await closed.promise;
  const end = await fetchWith({ route }, { url: site.url(), offset: 2 * MIB - 10 });
  expect(end.output).toMatch(/\n\nx{10}\n\[… the rest of the page is over the size limit …\]$/);
});

test.each([
  ["gzip", (bytes: Buffer) => gzipSync(bytes)],
  ["br", (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } })],
])("a %s bomb is unpacked no further than any page", async (encoding, pack) => {
  // Truncated: unpacking it to the end fails.
  const bomb = pack(Buffer.alloc(200 * MIB, "x")).subarray(0, -4);
  expect(bomb.length).toBeLessThan(MIB);
  await using site = await WebSite.start(always(bomb, { ...PLAIN, "content-encoding": encoding }));
  const before = process.memoryUsage.rss();
  const { output } = await fetchWith({ route }, { url: site.url(), offset: 2 * MIB - 10 });
  expect(output).toMatch(/\n\nx{10}\n\[… the rest of the page is over the size limit …\]$/);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MIB);
});

test("packed bytes of which nothing comes are bounded too", async () => {
  // Gzip members without content: 20 bytes each, and no output.
  const nothing = Buffer.concat(Array<Buffer>(150_000).fill(gzipSync("")));
  expect(nothing.length).toBeGreaterThan(2 * MIB);
  await using site = await WebSite.start(always(nothing, { ...PLAIN, "content-encoding": "gzip" }));
  await expect(fetchWith({ route }, { url: site.url() })).rejects.toThrow(
    "The page has more than 2097152 bytes",
  );
});

test("what is packed twice, or in an unknown way, or badly, is refused", async () => {
  for (const encoding of ["gzip, gzip", "zstd", "constructor"]) {
    await using site = await WebSite.start(always("x", { ...PLAIN, "content-encoding": encoding }));
    await expect(fetchWith({ route }, { url: site.url() })).rejects.toThrow(
      `Unsupported content encoding '${encoding}'`,
    );
  }
  await using site = await WebSite.start(always("no gzip", { ...PLAIN, "content-encoding": "gzip" }));
  await expect(fetchWith({ route }, { url: site.url() })).rejects.toThrow("incorrect header check");
});

test("a server that says nothing, or never ends, is left after the time for all of it", async () => {
  const limits = { ...FETCH_LIMITS, timeoutMs: 300 };
  await using silent = await WebSite.start(() => undefined);
  await expect(fetchWith({ route, limits }, { url: silent.url() })).rejects.toThrow(
    "No response within 0.3 s",
  );
  await using dripping = await WebSite.start((_request, response) => {
    const timer = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(timer));
  });
  await expect(fetchWith({ route, limits }, { url: dripping.url() })).rejects.toThrow(
    "No response within 0.3 s",
  );
  const never = { ...route, resolve: () => new Promise<never>(() => undefined) };
  await expect(fetchWith({ route: never, limits }, { url: "http://name/" })).rejects.toThrow(
    "No response within",
  );
});

test("a cancel ends the fetch at once", async () => {
  await using site = await WebSite.start(() => undefined);
  const controller = new AbortController();
  const fetching = fetchWith({ route, signal: controller.signal }, { url: site.url() });
  controller.abort(new Error("canceled"));
  await expect(fetching).rejects.toThrow("canceled");
});

test("what is no HTTP, or breaks off, is a failure with a reason", async () => {
  const server = createServer((socket) => socket.resume().end("SSH-2.0-OpenSSH_9.9\r\n")).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await expect(fetchWith({ route }, { url: `http://127.0.0.1:${port}/` })).rejects.toThrow(
    "Can't fetch the page: Parse Error",
  );
  server.close();
  await once(server, "close");
  await expect(fetchWith({ route }, { url: `http://127.0.0.1:${port}/` })).rejects.toThrow("ECONNREFUSED");
  await using site = await WebSite.start((_request, response) => {
    response.writeHead(200, { ...PLAIN, "content-length": "100" }).write("half", () => response.destroy());
  });
  await expect(fetchWith({ route }, { url: site.url() })).rejects.toThrow("Can't fetch the page");
});

test("a page that is made to be slow, large or deep costs a bounded time and memory in a process of its own", async () => {
  const { signal } = new AbortController();
  const compute = testCompute();
  const narrow = testCompute({ memoryMb: 24 });
  const convert = (html: string, deadlineMs = 240_000, by = compute) =>
    toMarkdown(html, "http://x/", { compute: by, owner: "alice", signal }, deadlineMs);
  await expect(convert("<blockquote>".repeat(3_000))).rejects.toThrow("nested too deeply");
  const wide = "<p>a <b>b</b></p>".repeat(200_000);
  await expect(convert(wide, 50)).rejects.toThrow("it takes too long");
  await expect(convert(wide, 240_000, narrow)).rejects.toThrow("it takes too much memory");
  expect(await convert(`${"<div>".repeat(200)}<p>a <b>b</b></p>`)).toBe("a **b**");
  await Promise.all([compute.close(), narrow.close()]);
});
