import type { SessionEvent } from "@trunkline/contract";
import { Cluster, freePort, readLog, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Http2Client } from "./testing/http2-client.ts";
import { findInstalled, Nginx } from "./testing/nginx.ts";
import { ResumingStream } from "./testing/resuming-stream.ts";

const HOST = "agents.test";
const STREAMS = 20;
const SESSIONS = 5;
const [program, openssl] = await Promise.all([findInstalled("nginx"), findInstalled("openssl")]);

describe.skipIf(program === null || openssl === null)("three nodes behind nginx, over TLS and HTTP/2", () => {
  let cluster: Cluster;
  let nginx: Nginx;
  let client: Http2Client;
  const resources = new AsyncDisposableStack();
  let authority: string;

  beforeAll(async () => {
    const port = await freePort();
    authority = `${HOST}:${port}`;
    const env = {
      TRUNKLINE_ALLOWED_HOSTS: authority,
      TRUNKLINE_ALLOWED_ORIGINS: `https://${authority}`,
      TRUNKLINE_TRUSTED_PROXIES: "127.0.0.1",
    };
    cluster = resources.use(await Cluster.start({ env }));
    const urls = cluster.nodes.map(({ url }) => url);
    const options = { program: program!, host: HOST, nodes: urls, port, shutdownTimeout: "1s" };
    nginx = resources.use(await Nginx.start(options));
    const { certificate } = nginx;
    // Not the proxy's own address, which the nodes trust.
    client = resources.use(new Http2Client({ host: HOST, port, certificate, localAddress: "127.0.0.2" }));
  });
  afterAll(async () => resources.disposeAsync());

  const bearer = (node: ServerFixture) => ({ authorization: `Bearer ${node.token}` });
  const get = (path: string, headers: Record<string, string> = {}) =>
    client.send({ ":path": path, ...headers });

  it("signs a browser in on whichever node, with a cookie that holds on all of them", async () => {
    const [a] = cluster.nodes;
    const code = new URL(a!.signInUrl).search;
    const { status, headers } = await get(`/sign-in${code}`, { "x-forwarded-for": "203.0.113.9" });
    expect(status).toBe(303);
    const cookie = headers["set-cookie"]?.[0] ?? "";
    const { port } = nginx;
    expect(cookie).toMatch(
      new RegExp(`^__Host-trunkline_${port}=\\S+; .*HttpOnly; Secure; SameSite=Strict$`),
    );
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    const key = /#page-key=([\w-]+)/.exec(headers.location ?? "")?.[1] ?? "";
    const pair = { cookie: cookie.split(";", 1)[0]!, "x-trunkline-page-key": key };
    // Each goes to another node.
    const answers = await Promise.all(Array.from({ length: 6 }, async () => get("/api/sessions", pair)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 6 }, () => 200));
    const post = { ...pair, ":method": "POST", ":path": "/api/sessions", "content-type": "application/json" };
    expect((await client.send({ ...post, origin: "https://elsewhere.test" }, "{}")).status).toBe(403);
    expect((await client.send(post, "{}")).status).toBe(403);
    expect((await client.send({ ...post, origin: `https://${authority}` }, "{}")).status).toBe(201);
    const trail = await a!.client.audit.list.query({ action: "sign-in", limit: 10 });
    expect(trail.items.map(({ address }) => address)).toEqual(["127.0.0.2"]);
  });

  it("answers to no other name", async () => {
    expect((await get("/health", { ":authority": "elsewhere.test" })).status).toBe(421);
  });

  it("resumes 20 streams of one connection over a reload of nginx and the loss of a node, and loses no event", async () => {
    const [a, b, c] = cluster.nodes;
    const sessionIds: string[] = [];
    while (sessionIds.length < SESSIONS) sessionIds.push((await b!.client.session.create.mutate({})).id);
    const before = client.connections;
    const streams = Array.from(
      { length: STREAMS },
      (_, index) => new ResumingStream(client, sessionIds[index % SESSIONS]!, b!.token),
    );
    const allOpen = async (times: number): Promise<unknown> =>
      waitFor(`all streams open, ${times} times`, () =>
        streams.every((stream) => stream.isOpen && stream.opened >= times),
      );
    /** nginx repeats no POST that the lost node may have had; the key makes it safe for whoever sends it to do so. */
    const submit: typeof client.send = async (headers, body) => {
      let answer = await client.send(headers, body);
      for (let repeats = 0; answer.status === 502 && repeats < 10; repeats += 1) {
        answer = await client.send(headers, body);
      }
      return answer;
    };
    /** A task in each session, submitted through nginx; resolves when all of them have ended. */
    const work = async (prompt: string): Promise<void> => {
      const ended = sessionIds.map(async (sessionId) => {
        const headers = { ":method": "POST", ":path": "/api/tasks", "content-type": "application/json" };
        const body = JSON.stringify({ sessionId, prompt, idempotencyKey: `${sessionId} ${prompt}` });
        const answer = await submit({ ...headers, ...bearer(b!) }, body);
        expect(answer.status, answer.body).toBe(201);
        const { taskId } = JSON.parse(answer.body) as { taskId: string };
        await waitFor(
          `the end of ${taskId}`,
          async () => (await c!.client.task.get.query({ taskId })).state === "completed",
        );
      });
      await Promise.all(ended);
    };

    await allOpen(1);
    expect(client.connections).toBe(Math.max(before, 1));
    await work("before");
    await nginx.reload();
    await work("during the reload");
    await allOpen(2);
    const opened = streams.map((stream) => stream.opened);
    await a!.kill();
    await work("after the loss");
    // Those that were on the node came back, on another; the others never noticed.
    await waitFor("one to come back", () => streams.some((stream, index) => stream.opened > opened[index]!));

    for (const [index, stream] of streams.entries()) {
      const log: SessionEvent[] = await readLog(c!.client, sessionIds[index % SESSIONS]!);
      const last = log.at(-1)!.seq;
      await waitFor(`event ${last}`, () => stream.received.at(-1)?.seq === last);
      const seqs = stream.received.map(({ seq }) => seq);
      expect(seqs).toEqual([...new Set(seqs)].toSorted((left, right) => left - right));
      const seen = new Map(stream.received.map((event) => [event.seq, event]));
      expect(log.map(({ seq }) => seen.get(seq))).toEqual(log);
      await stream.stop();
    }
  });
});

describe.skipIf(program === null || openssl === null)("below a base path behind nginx", () => {
  const resources = new AsyncDisposableStack();
  afterAll(async () => resources.disposeAsync());

  it("a browser signs in and follows a session, and a program finds all of it by an address with a path", async () => {
    const port = await freePort();
    const authority = `${HOST}:${port}`;
    const env = {
      TRUNKLINE_BASE_PATH: "/agents",
      TRUNKLINE_ALLOWED_HOSTS: authority,
      TRUNKLINE_ALLOWED_ORIGINS: `https://${authority}`,
    };
    const server = resources.use(await ServerFixture.start({ env }));
    expect(new URL(server.url).pathname).toBe("/agents");
    const nodes = [server.url, server.url, server.url];
    const nginx = resources.use(
      await Nginx.start({
        program: program!,
        host: HOST,
        nodes,
        port,
        shutdownTimeout: "1s",
        basePath: "/agents",
      }),
    );
    const { certificate } = nginx;
    const client = resources.use(
      new Http2Client({ host: HOST, port, certificate, localAddress: "127.0.0.2" }),
    );

    const { status, headers } = await client.send({
      ":path": `/agents/sign-in${new URL(server.signInUrl).search}`,
    });
    expect([status, headers.location]).toEqual([303, expect.stringMatching(/^\/agents\/#page-key=/)]);
    const cookie = headers["set-cookie"]?.[0] ?? "";
    expect(cookie).toMatch(
      new RegExp(
        `^__Secure-trunkline_${port}_agents=\\S+; .*Path=/agents; HttpOnly; Secure; SameSite=Strict$`,
      ),
    );
    const browser = {
      cookie: cookie.split(";", 1)[0]!,
      "x-trunkline-page-key": /#page-key=([\w-]+)/.exec(headers.location ?? "")?.[1] ?? "",
      origin: `https://${authority}`,
    };
    const type = { "content-type": "application/json" };
    const body = JSON.stringify({ prompt: "say: below", idempotencyKey: "once" });
    const made = await client.send(
      { ":method": "POST", ":path": "/agents/api/tasks", ...browser, ...type },
      body,
    );
    expect(made.status, made.body).toBe(201);
    const { sessionId } = JSON.parse(made.body) as { sessionId: string };
    const path = `/agents/api/sessions/${sessionId}/events`;
    const { stream } = await client.open({ ":path": path, accept: "text/event-stream", ...browser });
    let events = "";
    for await (const piece of stream.setEncoding("utf8")) {
      events += piece as string;
      if (events.includes("task.completed")) break;
    }
    // nginx's own answer.
    expect((await client.send({ ":path": "/health" })).body).toContain("nginx");
    expect((await client.send({ ":path": "/agents/health" })).status).toBe(200);
    // The client's paths are below the address that it is given.
    expect((await readLog(server.client, sessionId)).length).toBeGreaterThan(2);
  });
});
