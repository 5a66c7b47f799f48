import { expect, test } from "vitest";
import { isSameSite } from "./fetch-page.ts";
import { always, fetchWith, testRoute, WebSite } from "./testing/web-site.ts";

/** Spellings of forbidden addresses, with the server's real policy. */
const LITERALS = [
  "http://127.0.0.1/",
  "http://127.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.1/",
  "http://017700000001/",
  "http://0177.0.0.1/",
  "http://127.0.0.1./",
  "http://１２７.0.0.1/",
  "http://0/",
  "http://[::1]/",
  "http://[::]/",
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://0xa9.0xfe.0xa9.0xfe/",
  "http://168.63.129.16/machine",
  "http://100.100.100.200/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::a9fe:a9fe]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://[2002:a9fe:a9fe::]/",
  "http://[fd00:ec2::254]/",
  "http://10.0.0.1/",
  "http://192.168.0.1/",
  "https://127.0.0.1/",
];

const REFUSED = / cannot be reached: it (is not public|belongs to the machine's cloud|is this machine's own)/;

test.each(LITERALS)("%s is refused", async (url) => {
  // Refused before connecting: not because nothing happens to listen there.
  await expect(fetchWith({}, { url })).rejects.toThrow(REFUSED);
});

test("names of this machine are refused, and nothing reaches what listens there", async () => {
  await using site = await WebSite.start(always("secret"));
  for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "2130706433", "::ffff:127.0.0.1"]) {
    await expect(fetchWith({}, { url: site.url("/", host) })).rejects.toThrow(REFUSED);
  }
  expect(site.requests).toHaveLength(0);
});

test.each([
  ["file:///etc/passwd", "file: cannot be fetched"],
  ["ftp://example.com/", "ftp: cannot be fetched"],
  ["gopher://example.com/", "gopher: cannot be fetched"],
  ["data:text/plain,hi", "data: cannot be fetched"],
  ["http://user:pass@example.com/", "user name or a password"],
  ["http://user@example.com/", "user name or a password"],
  ["http://example.com:25/", "Port 25"],
  ["http://example.com:22/", "Port 22"],
  ["http://[fe80::1%25eth0]/", "no URL"],
  ["example.com", "no URL"],
  [`http://example.com/${"x".repeat(10_000)}`, "no URL"],
])("%s is refused", async (url, message) => {
  await expect(fetchWith({ route: testRoute() }, { url })).rejects.toThrow(message);
});

test("one bad address among those of a name is enough", async () => {
  await using site = await WebSite.start(always("fine"));
  const names = { mixed: ["127.0.0.1", "127.0.0.2"], good: ["127.0.0.1"] };
  const route = testRoute({ refused: ["127.0.0.2"], names });
  await expect(fetchWith({ route }, { url: site.url("/", "mixed") })).rejects.toThrow(
    "mixed leads to 127.0.0.2, and cannot be reached: the test refuses it",
  );
  expect((await fetchWith({ route }, { url: site.url("/", "good") })).output).toContain("fine");
  await expect(fetchWith({ route }, { url: site.url("/", "none") })).rejects.toThrow("none: no such host");
  expect(site.requests).toHaveLength(1);
});

test("a name that leads elsewhere when it is asked again (DNS rebinding) is asked once", async () => {
  await using site = await WebSite.start(always("public"));
  await using inner = await WebSite.start(always("secret"), "127.0.0.2");
  let asked = 0;
  const route = {
    ...testRoute({ refused: ["127.0.0.2"] }),
    resolve: async () => [{ address: asked++ === 0 ? "127.0.0.1" : "127.0.0.2", family: 4 }],
  };
  expect((await fetchWith({ route }, { url: site.url("/", "rebinds") })).output).toContain("public");
  expect(asked).toBe(1);
  // The next fetch resolves again, and is refused.
  await expect(fetchWith({ route }, { url: inner.url("/", "rebinds") })).rejects.toThrow("127.0.0.2");
  expect(inner.requests).toHaveLength(0);
});

test("the peer that the socket has really reached is judged, before anything is sent", async () => {
  await using site = await WebSite.start(always("secret"));
  const judged: string[] = [];
  const route = {
    ...testRoute({ names: { name: ["127.0.0.1"] } }),
    policy: (address: string) => (judged.push(address) > 1 ? "only the first look is allowed" : null),
  };
  await expect(fetchWith({ route }, { url: site.url("/", "name") })).rejects.toThrow("only the first look");
  await expect(fetchWith({ route }, { url: site.url() })).rejects.toThrow("only the first look");
  expect(judged.slice(0, 2)).toEqual(["127.0.0.1", "127.0.0.1"]);
  expect(site.requests).toHaveLength(0);
});

test("H14: a redirect to another site is told and not followed, however it is spelt", async () => {
  await using inner = await WebSite.start(always("secret"), "127.0.0.2");
  const hidden = new URL(inner.url());
  const targets: Record<string, string> = {
    "/address": inner.url("/?data=stolen"),
    "/name": inner.url("/", "inner"),
    "/decimal": `http://2130706434:${hidden.port}/`,
    "/protocol-relative": `//127.0.0.2:${hidden.port}/`,
  };
  await using site = await WebSite.start((request, response) => {
    response.writeHead(302, { location: targets[request.url ?? ""] }).end();
  });
  const route = testRoute({ names: { inner: ["127.0.0.2"] } });
  for (const [path, target] of Object.entries(targets)) {
    const { output } = await fetchWith({ route }, { url: site.url(path) });
    expect(output).toContain("redirects to another site, which was not fetched:\n");
    expect(output).toContain(`\n${new URL(target, site.url()).href}\n`);
  }
  expect(site.requests).toHaveLength(Object.keys(targets).length);
  expect(inner.requests).toHaveLength(0);
});

test.each([
  ["file:///etc/passwd", "file: cannot be fetched"],
  ["http://a:b@127.0.0.1/", "user name or a password"],
])("a redirect to %s is refused", async (location, message) => {
  await using site = await WebSite.start(
    (_request, response) => void response.writeHead(302, { location }).end(),
  );
  await expect(fetchWith({ route: testRoute() }, { url: site.url() })).rejects.toThrow(message);
});

test.each([
  ["http://a.example/x", "http://a.example/y?z", true],
  ["http://a.example/x", "https://a.example/x", true],
  ["https://a.example/x", "http://a.example/x", false],
  ["http://a.example:8080/", "https://a.example/", false],
  ["http://a.example/", "https://a.example:8443/", false],
  ["http://a.example/", "http://www.a.example/", false],
  ["http://a.example/", "http://a.example:8080/", false],
])("H14: from %s to %s is within a site: %s", (from, to, expected) => {
  expect(isSameSite(new URL(from), new URL(to))).toBe(expected);
});

test("redirects are followed, each on a connection of its own, and not for ever", async () => {
  await using site = await WebSite.start((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) return void response.end("arrived");
    response.writeHead([301, 302, 303, 307, 308][left % 5] ?? 302, { location: `${left - 1}` }).end();
  });
  const route = testRoute();
  const arrived = await fetchWith({ route }, { url: site.url("/5") });
  expect(arrived).toMatchObject({ status: "succeeded" });
  expect(arrived.output).toMatch(new RegExp(`^${site.url("/0")} .*arrived$`, "s"));
  await expect(fetchWith({ route }, { url: site.url("/6") })).rejects.toThrow("More than 5 redirects");
});
