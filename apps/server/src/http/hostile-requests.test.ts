import { MAX_BATCH_CALLS, MAX_BODY_BYTES } from "@trunkline/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAGE_KEY_HEADER } from "./browser-cookie.ts";
import { browserHeaders, type HttpFixture, LIST, openHttpFixture } from "./testing/http-fixture.ts";
import {
  all,
  also,
  body,
  type Change,
  method,
  type RawRequest,
  set,
  target,
  toBytes,
  without,
} from "./testing/raw-request.ts";

/** What a proxy with TLS serves, and a page elsewhere that may call. */
const PUBLIC = "trunkline.example.com";
const LISTED = "https://app.example.com:8443";
const CREATE = "/trpc/session.create";

function batchOf(calls: number): string {
  const paths = Array.from({ length: calls }, () => "session.list").join(",");
  const inputs = Object.fromEntries(Array.from({ length: calls }, (_, index) => [index, {}]));
  return `/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
}

let fixture: HttpFixture;
let good: Record<Base, RawRequest>;
beforeAll(async () => {
  fixture = await openHttpFixture({
    config: { allowedOrigins: [LISTED, `https://${PUBLIC}`], allowedHosts: [PUBLIC] },
  });
  const { port, token, url } = fixture;
  const browser = Object.entries(await fixture.signIn());
  const { code } = await fixture.auth.auth.createSignInCode("local");
  const signedIn = await fixture.send(`/sign-in?code=${code}`, { headers: { host: PUBLIC } });
  const tlsBrowser = Object.entries(browserHeaders(signedIn));

  const host = ["host", `127.0.0.1:${port}`] as const;
  const json = ["content-type", "application/json"] as const;
  const bearer = ["authorization", `Bearer ${token}`] as const;
  const get = { method: "GET", target: LIST, body: "" };
  const post = { method: "POST", target: CREATE, body: "{}" };
  const ownPage = [
    ["origin", url],
    ["sec-fetch-site", "same-origin"],
  ] as const;
  const listedPage = [
    ["origin", LISTED],
    ["sec-fetch-site", "cross-site"],
  ] as const;
  good = {
    "a read with a token": { ...get, headers: [host, bearer] },
    "a batch of reads": { ...get, target: batchOf(MAX_BATCH_CALLS), headers: [host, bearer] },
    "a write with a token": { ...post, headers: [host, bearer, json] },
    "a read with a cookie": {
      ...get,
      headers: [host, ...browser, ["sec-fetch-site", "same-origin"]],
    },
    "a write with a cookie": { ...post, headers: [host, ...browser, json, ...ownPage] },
    "a listed page's read": { ...get, headers: [host, bearer, ...listedPage] },
    "a listed page's preflight": {
      method: "OPTIONS",
      target: CREATE,
      headers: [host, ["origin", LISTED], ["access-control-request-method", "POST"]],
      body: "",
    },
    "a read under TLS": {
      ...get,
      headers: [["host", PUBLIC], ...tlsBrowser],
    },
    "a sign-in with a token": {
      method: "POST",
      target: "/sign-in",
      headers: [host, json, ["origin", url]],
      body: JSON.stringify({ token }),
    },
  };
});
afterAll(async () => fixture[Symbol.asyncDispose]());

type Base =
  | "a read with a token"
  | "a batch of reads"
  | "a write with a token"
  | "a read with a cookie"
  | "a write with a cookie"
  | "a listed page's read"
  | "a listed page's preflight"
  | "a read under TLS"
  | "a sign-in with a token";

/** PORT stands for the port that is listened on. */
const fill = (text: string) => text.replaceAll("PORT", String(fixture.port));
const filled = (request: RawRequest): RawRequest => ({
  ...request,
  target: fill(request.target),
  headers: request.headers.map(([name, value]) => [name, fill(value)]),
});

async function statusOf(request: RawRequest): Promise<{ status: number; answer: string }> {
  const answer = await fixture.sendRaw(toBytes(filled(request)));
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]), answer };
}

type Case = [what: string, base: Base, change: Change, status: number];

const HOSTS: Case[] = [
  ["a foreign Host", "a read with a token", set("host", "evil.example"), 421],
  ["a foreign Host with our port", "a read with a token", set("host", "evil.example:PORT"), 421],
  ["localhost with a dot", "a read with a token", set("host", "localhost.:PORT"), 421],
  ["our address with a dot", "a read with a token", set("host", "127.0.0.1.:PORT"), 421],
  ["a name below ours", "a read with a token", set("host", "a.localhost:PORT"), 421],
  ["a name that begins like ours", "a read with a token", set("host", "localhost:PORT.evil.example"), 421],
  ["our name without the port", "a read with a token", set("host", "localhost"), 421],
  ["our name with another port", "a read with a token", set("host", "localhost:1"), 421],
  ["our address in another spelling", "a read with a token", set("host", "2130706433:PORT"), 421],
  ["every address", "a read with a token", set("host", "0.0.0.0:PORT"), 421],
  ["a user before our name", "a read with a token", set("host", "evil@localhost:PORT"), 421],
  ["no Host", "a read with a token", without("host"), 421],
  ["two Hosts", "a read with a token", also("host", "evil.example"), 421],
  ["an absolute target elsewhere", "a read with a token", target(`http://evil.example${LIST}`), 421],
  [
    "a foreign Host that a header takes back",
    "a read with a token",
    all(set("host", "evil.example"), set("x-forwarded-host", "localhost:PORT")),
    421,
  ],
];

const FORGERIES: Case[] = [
  ["a form", "a write with a cookie", set("content-type", "application/x-www-form-urlencoded"), 415],
  ["multipart", "a write with a cookie", set("content-type", "multipart/form-data; boundary=x"), 415],
  ["plain text", "a write with a cookie", set("content-type", "text/plain"), 415],
  [
    "JSON in plain text's parameter",
    "a write with a cookie",
    set("content-type", "text/plain; application/json"),
    415,
  ],
  ["no media type", "a write with a cookie", without("content-type"), 415],
  ["no Origin", "a write with a cookie", without("origin"), 403],
  ["Origin null", "a write with a cookie", set("origin", "null"), 403],
  ["a foreign Origin", "a write with a cookie", set("origin", "https://evil.example"), 403],
  ["our Origin on another port", "a write with a cookie", set("origin", "http://127.0.0.1:1"), 403],
  ["our Origin without its port", "a write with a cookie", set("origin", "http://127.0.0.1"), 403],
  ["our Origin with TLS", "a write with a cookie", set("origin", "https://127.0.0.1:PORT"), 403],
  ["another of our names", "a write with a cookie", set("origin", "http://localhost:PORT"), 403],
  ["Sec-Fetch-Site cross-site", "a write with a cookie", set("sec-fetch-site", "cross-site"), 403],
  ["Sec-Fetch-Site same-site", "a write with a cookie", set("sec-fetch-site", "same-site"), 403],
  ["Sec-Fetch-Site same-site, reading", "a read with a cookie", set("sec-fetch-site", "same-site"), 403],
  [
    "a write by GET",
    "a write with a cookie",
    all(method("GET"), target(`${CREATE}?input=%7B%7D`), body("")),
    405,
  ],
  [
    "a write by GET that says POST",
    "a write with a cookie",
    all(method("GET"), body(""), set("x-http-method-override", "POST")),
    405,
  ],
  [
    "a write over REST without an Origin",
    "a write with a cookie",
    all(target("/api/sessions"), without("origin")),
    403,
  ],
  [
    "a sign-in as somebody else, from a foreign page",
    "a sign-in with a token",
    set("origin", "https://evil.example"),
    403,
  ],
  ["a sign-in from a page that may call", "a sign-in with a token", set("origin", LISTED), 403],
  ["a sign-in without an Origin", "a sign-in with a token", without("origin"), 403],
  ["a sign-in by a form", "a sign-in with a token", set("content-type", "text/plain"), 415],
];

const ORIGINS: [what: string, origin: string][] = [
  ["with something behind it", "https://app.example.com:84430"],
  ["as the beginning of another", "https://app.example.com:8443.evil.example"],
  ["with something before it", "https://evil-app.example.com:8443"],
  ["'s subdomain", "https://a.app.example.com:8443"],
  ["without its port", "https://app.example.com"],
  ["on another port", "https://app.example.com:8444"],
  ["in another scheme", "http://app.example.com:8443"],
  ["in capitals", "HTTPS://APP.EXAMPLE.COM:8443"],
  ["that is null", "null"],
  ["with a path", `${LISTED}/`],
  ["beside another", `${LISTED}, https://evil.example`],
];

const CROSS_ORIGINS: Case[] = ORIGINS.flatMap(([what, origin]): Case[] => [
  [`a listed origin ${what}`, "a listed page's read", set("origin", origin), 403],
  [`a listed origin ${what}, asking before`, "a listed page's preflight", set("origin", origin), 403],
]);

const renamed =
  (change: (pair: string) => string): Change =>
  (request) => ({
    ...request,
    headers: request.headers.map(([name, value]) => [name, name === "cookie" ? change(value) : value]),
  });

const COOKIES: Case[] = [
  [
    "a cookie whose name has no port",
    "a read with a cookie",
    renamed((pair) => pair.replace(/_\d+=/, "=")),
    401,
  ],
  ["a cookie of another port", "a read with a cookie", renamed((pair) => pair.replace(/_\d+=/, "_1=")), 401],
  [
    "a cookie without __Host-, under TLS",
    "a read under TLS",
    renamed((pair) => pair.replace("__Host-", "")),
    401,
  ],
  ["H11: a cookie alone", "a read with a cookie", without(PAGE_KEY_HEADER), 401],
  ["H11: a cookie alone that writes", "a write with a cookie", without(PAGE_KEY_HEADER), 401],
  ["H11: a cookie with another key", "a read with a cookie", set(PAGE_KEY_HEADER, "x".repeat(43)), 401],
  ["a cookie with a wrong secret", "a read with a cookie", renamed((pair) => pair.slice(0, -3) + "AAA"), 401],
  [
    "a cookie's secret as a token",
    "a read with a cookie",
    (request) => {
      const secret = request.headers.find(([name]) => name === "cookie")?.[1].split("=")[1];
      return all(without("cookie"), set("authorization", `Bearer ${secret}`))(request);
    },
    401,
  ],
  [
    "a token as a cookie",
    "a read with a token",
    (request) => {
      const token = request.headers.find(([name]) => name === "authorization")?.[1].split(" ")[1];
      return all(without("authorization"), set("cookie", fill(`trunkline_PORT=${token}`)))(request);
    },
    401,
  ],
];

const SIZES: Case[] = [
  [
    "a body of more than 1 MiB",
    "a write with a token",
    body(`{"title":"${"x".repeat(MAX_BODY_BYTES)}"}`),
    413,
  ],
  ["a body that says it is larger", "a write with a token", set("content-length", "2000000"), 413],
  [
    "a chunked body of more than 1 MiB",
    "a write with a token",
    all(set("transfer-encoding", "chunked"), body(`180000\r\n${"x".repeat(0x18_00_00)}\r\n0\r\n\r\n`)),
    413,
  ],
  ["more calls than a batch may have", "a batch of reads", target(batchOf(MAX_BATCH_CALLS + 1)), 400],
  ["more header than fits", "a read with a token", set("x-much", "x".repeat(20_000)), 431],
  ["two lengths", "a write with a token", all(set("content-length", "2"), also("content-length", "3")), 400],
  [
    "a length beside chunks",
    "a write with a token",
    all(set("content-length", "2"), also("transfer-encoding", "chunked")),
    400,
  ],
  ["a long sign-in", "a sign-in with a token", body(JSON.stringify({ token: "x".repeat(2_000) })), 413],
];

describe.each([
  ["line 5: Host", HOSTS],
  ["line 6: forged writes", FORGERIES],
  ["line 7: CORS", CROSS_ORIGINS],
  ["line 8: cookies", COOKIES],
  ["line 16: sizes", SIZES],
])("%s", (_line, cases) => {
  it.each(cases)("%s is refused, and %s passes", async (_what, base, change, status) => {
    const before = fixture.services.created.length;
    const refused = await statusOf(change(good[base]));
    expect(refused.status).toBe(status);
    expect(refused.answer).not.toMatch(/^access-control-/im);
    expect(refused.answer).not.toMatch(/^set-cookie/im);
    expect(refused.answer).not.toMatch(/\bat .+\.[jt]s:\d+/);
    expect(fixture.services.created).toHaveLength(before);

    const passed = await statusOf(good[base]);
    expect([200, 204]).toContain(passed.status);
  });
});

it("is more than thirty requests", () => {
  const count = [HOSTS, FORGERIES, CROSS_ORIGINS, COOKIES, SIZES].flat().length;
  expect(count).toBeGreaterThan(60);
});
