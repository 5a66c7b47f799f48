import { REST_ROOT, restOperations } from "@trunkline/contract/rest";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSecret } from "../auth/secret.ts";
import { createApp } from "./app.ts";
import { BLOBS_PATH } from "./blobs.ts";
import { createLimits } from "./limits.ts";
import { createSite } from "./site.ts";
import { type HttpFixture, JSON_TYPE, openHttpFixture } from "./testing/http-fixture.ts";

/** Access to routes that are not procedures, which have a table of their own (access.int.test.ts). */
type Access =
  /** Public information. */
  | "open"
  /** Any authenticated caller. */
  | "known"
  /** An admin's token, or the metrics' own: metrics.test.ts. */
  | "metrics"
  /** Token only: a browser's sign-in is not enough. */
  | "token"
  /** A browser's sign-in only: it ends that. */
  | "browser"
  /** Changes the caller's identity, and takes the proof. */
  | "sign-in"
  /** A page that changes nothing, and its form, which takes the proof of a sign-in. */
  | "callback"
  /** Admits a new user, once, by code. */
  | "invite";

const ROUTES: Readonly<Record<string, Access>> = {
  "GET /health": "open",
  "GET /ready": "open",
  "GET /metrics": "metrics",
  "POST /api/sign-in-codes": "token",
  "POST /api/sign-out": "browser",
  // Who may write, and who may read: blobs.int.test.ts.
  "POST /api/blobs": "known",
  "ALL /api/blobs": "known",
  "GET /api/blobs/:blobId": "known",
  "ALL /api/blobs/:blobId": "known",
  // Whose they are: workspace-downloads.int.test.ts.
  "GET /api/sessions/:sessionId/files/*": "known",
  "ALL /api/sessions/:sessionId/files/*": "known",
  "GET /api/sessions/:sessionId/archive": "known",
  "ALL /api/sessions/:sessionId/archive": "known",
  "GET /api/sessions/:sessionId/patch": "known",
  "ALL /api/sessions/:sessionId/patch": "known",
  "GET /api/openapi.json": "known",
  "GET /api/docs": "known",
  "GET /api/docs/start.js": "known",
  "GET /api/docs/swagger-ui.css": "known",
  "GET /api/docs/swagger-ui-bundle.js": "known",
  "POST /sign-in": "sign-in",
  "ALL /sign-in": "sign-in",
  // Whoever asked, by a cookie that the page before does not get: mcp-callback.test.ts.
  "POST /mcp/authorized": "callback",
  "ALL /mcp/authorized": "callback",
  "POST /invite": "invite",
  "ALL /invite": "invite",
  // UI pages: the same for everybody, without user data.
  "ALL /*": "open",
};

/** Middleware, and the procedures themselves over tRPC. */
const PROCEDURES = ["ALL /trpc/*", "ALL /api/*", "GET /trpc/session.subscribe", "ALL /trpc/:path"];

const rest = restOperations().map(({ method, path }) => ({
  method,
  path: REST_ROOT + path.replaceAll(/\{(\w+)\}/g, ":$1"),
}));

let fixture: HttpFixture;
let known: Record<string, string>;
let cookie: Record<string, string>;
beforeAll(async () => {
  fixture = await openHttpFixture();
  known = { authorization: `Bearer ${fixture.token}` };
  cookie = { ...(await fixture.signIn()), origin: fixture.url };
});
afterAll(async () => fixture[Symbol.asyncDispose]());

it("every route of the server has a decision", () => {
  const app = createApp({
    ...({} as Parameters<typeof createApp>[0]),
    site: createSite({ allowedHosts: [], allowedOrigins: [] }, 1),
    limits: createLimits({ requestsPerMinute: 1, trustedProxies: [] }, Date.now),
    readiness: {},
    web: null,
    logger: pino({ level: "silent" }),
  });
  const served = new Set(app.routes.map(({ method, path }) => `${method} ${path}`));
  const decided = [
    ...Object.keys(ROUTES),
    ...PROCEDURES,
    ...rest.flatMap(({ method, path }) => [`${method} ${path}`, `ALL ${path}`]),
  ];
  expect([...served].toSorted()).toEqual([...new Set(decided)].toSorted());
});

const routesFor = (access: Access) =>
  Object.entries(ROUTES)
    .filter((entry) => entry[1] === access)
    .map(([route]) => {
      const [method = "", path = ""] = route.replace("ALL", "GET").replace("*", "").split(" ");
      return { route, method, path };
    });
const typeOf = (path: string) =>
  path === BLOBS_PATH ? { "content-type": "application/octet-stream" } : JSON_TYPE;
const ask = async (method: string, path: string, headers: Record<string, string>) =>
  fixture.send(path, {
    method,
    headers: method === "GET" ? headers : { ...headers, ...typeOf(path) },
    body: method === "GET" ? undefined : "{}",
  });

describe.each([...routesFor("known"), ...routesFor("token"), ...routesFor("browser")])(
  "$route",
  ({ method, path }) => {
    it.each([
      ["nobody", {}],
      ["a token that nobody made", { authorization: `Bearer ${newSecret()}` }],
      ["a cookie that nobody made", { cookie: `trunkline_1=${newSecret()}` }],
    ])("is closed to %s", async (_name, headers) => {
      const answer = await ask(method, path, headers);
      expect(answer.status).toBe(401);
      expect(answer.error().data.reason).toBe("unauthorized");
    });
  },
);

describe.each(routesFor("token"))("$route", ({ method, path }) => {
  it("is closed to a browser, and open to a token", async () => {
    expect((await ask(method, path, cookie)).status).toBe(403);
    expect((await ask(method, path, known)).status).toBe(200);
  });
});

describe.each(routesFor("browser"))("$route", ({ method, path }) => {
  it("is closed to a token and to another page, and ends the browser's own sign-in", async () => {
    expect((await ask(method, path, known)).status).toBe(403);
    expect((await ask(method, path, { ...cookie, origin: "https://other.example" })).status).toBe(403);
    expect(fixture.services.revoked).toEqual([]);
    const answer = await ask(method, path, cookie);
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^trunkline_\d+=; Max-Age=0; Path=\/$/),
    ]);
    expect(fixture.services.revoked).toHaveLength(1);
  });
});

describe.each(routesFor("sign-in"))("$route", ({ method, path }) => {
  it("signs nobody in who brings nothing, or a token where it does not belong", async () => {
    for (const headers of [{}, known]) {
      const answer = await ask(method, path, headers);
      expect(answer.status).toBe(403);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
  });
});

describe.each(routesFor("invite"))("$route", ({ method, path }) => {
  it("lets nobody in who brings no invitation", async () => {
    for (const headers of [{}, known, cookie]) {
      const answer = await ask(method, path, headers);
      expect([400, 403]).toContain(answer.status);
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(answer.body).not.toContain("tl_");
    }
  });
});

describe.each(routesFor("open"))("$route", ({ method, path }) => {
  it("tells everybody the same", async () => {
    const answers = [{}, known, cookie].map((headers) => ask(method, path, headers));
    const [nobody, ...others] = await Promise.all(answers);
    expect(nobody?.status).toBe(200);
    for (const other of others) expect(other.body).toBe(nobody?.body);
  });
});
