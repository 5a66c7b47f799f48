import { StandInForge } from "@trunkline/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { FORGE_KINDS, type ForgeKind, readForgeSites } from "./forge-address.ts";
import { openForge } from "./open-forge.ts";

const TOKEN = "forge-token-0123456789abcdef";
const COMMIT = "a".repeat(40);

async function standIn(kind: ForgeKind, head?: (branch: string) => Promise<string | null>) {
  const server = await StandInForge.start({
    kind,
    repository: kind === "gitlab" ? "group/sub group/demo" : "octo/demo",
    token: TOKEN,
    ...(head && { head }),
  });
  onTestFinished(async () => server[Symbol.asyncDispose]());
  const sites = readForgeSites([`${server.host}=${kind}:${server.api}`]);
  const open = (token = TOKEN) =>
    openForge(sites, { url: encodeURI(server.url), token, signal: new AbortController().signal });
  return { server, open, forge: open() };
}

const REQUEST = {
  branch: "trunkline/fix",
  base: "main",
  title: "Fix it",
  body: "**Why**: it broke",
  draft: false,
};

describe.each(FORGE_KINDS)("%s", (kind) => {
  test("opens a request, finds it again and opens no second one", async () => {
    const { server, forge } = await standIn(kind);
    expect(await forge.find(REQUEST.branch)).toBeNull();
    const created = await forge.create(REQUEST);
    expect(created).toMatchObject({
      number: 1,
      state: "open",
      title: "Fix it",
      branch: "trunkline/fix",
      base: "main",
      draft: false,
      commit: COMMIT,
    });
    expect(created.url).toContain(server.host);
    expect(await forge.create({ ...REQUEST, title: "Again" })).toEqual(created);
    expect(await forge.find(REQUEST.branch)).toEqual(created);
    expect(await forge.get(1)).toEqual(created);
    expect(await forge.find("trunkline/other")).toBeNull();
    expect(server.state.requests).toMatchObject([{ title: "Fix it", body: "**Why**: it broke" }]);
    expect(server.problems).toEqual([]);
  });

  test("a draft, merged and closed requests", async () => {
    const { server, forge } = await standIn(kind);
    expect(await forge.create({ ...REQUEST, draft: true })).toMatchObject({ draft: true });
    for (const state of ["merged", "closed"] as const) {
      server.state.requests[0]!.state = state;
      expect(await forge.get(1)).toMatchObject({ state });
    }
    // What is closed stays closed: the branch gets a new request.
    expect(await forge.find(REQUEST.branch)).toBeNull();
    expect(await forge.create(REQUEST)).toMatchObject({ number: 2, state: "open" });
    expect(server.problems).toEqual([]);
  });

  test("checks of a commit, more than fit a page", async () => {
    const { server, forge } = await standIn(kind);
    server.checked(
      { name: "lint", state: "passed" },
      { name: "test", state: "failed", summary: "2 tests failed" },
      { name: "build", state: "pending" },
      ...Array.from({ length: 230 }, (_, index) => ({ name: `job ${index}`, state: "passed" as const })),
    );
    const checks = await forge.checks(COMMIT);
    expect(checks).toHaveLength(233);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(233);
    const byName = new Map(checks.map((check) => [check.name, check]));
    expect(byName.get("lint")?.state).toBe("passed");
    expect(byName.get("test")).toMatchObject({ state: "failed", summary: "2 tests failed" });
    expect(byName.get("build")?.state).toBe("pending");
    expect(server.problems).toEqual([]);
  });

  test("comments, in order, those on lines with their place", async () => {
    const { server, forge } = await standIn(kind);
    await forge.create(REQUEST);
    server.commented(
      { author: "ada", text: "Looks good, mostly" },
      { author: "bob", text: "Off by one", path: "src/add.ts", line: 7 },
      { author: "ada", text: "Moved away", path: "src/old.ts" },
      { author: "ada", text: "  " },
    );
    const comments = await forge.comments(1);
    expect(comments.map(({ author, text, path, line }) => ({ author, text, path, line }))).toEqual([
      { author: "ada", text: "Looks good, mostly", path: null, line: null },
      { author: "bob", text: "Off by one", path: "src/add.ts", line: 7 },
      { author: "ada", text: "Moved away", path: "src/old.ts", line: null },
    ]);
    expect(new Set(comments.map(({ id }) => id)).size).toBe(3);
    expect(server.problems).toEqual([]);
  });

  test("120 comments on lines come in pages", async () => {
    const { server, forge } = await standIn(kind);
    await forge.create(REQUEST);
    server.commented(
      ...Array.from({ length: 120 }, (_, index) => ({ author: "ada", text: `${index}`, path: "a", line: 1 })),
    );
    const comments = await forge.comments(1);
    expect(comments.map(({ text }) => text)).toEqual(Array.from({ length: 120 }, (_, index) => `${index}`));
    expect(server.problems).toEqual([]);
  });

  test("a wrong token, a missing branch: the forge's words, never the token", async () => {
    const { server, open, forge } = await standIn(kind, async () => null);
    const wrong = "wrong-token-fedcba";
    const rejected = await open(wrong).find("x").then(String, String);
    expect(rejected).toMatch(/rejected the project's token \(401: Bad credentials\).*set a new one/);
    await expect(forge.create(REQUEST)).rejects.toMatchObject({
      reason: "remote_failed",
      message: expect.stringMatching(
        /head is invalid|Source branch does not exist|The target couldn't be found/,
      ),
    });
    server.interruptions.push((response) => response.writeHead(500).end(JSON.stringify({ message: wrong })));
    expect(await open(wrong).find("x").then(String, String)).toMatch(/failed \(500: …\). Try again later/);
  });

  test("redirects are refused and the token stays here", async () => {
    const { server, forge } = await standIn(kind);
    await using elsewhere = await StandInForge.start({ kind, repository: "octo/demo", token: TOKEN });
    server.interruptions.push((response) => {
      response.writeHead(301, { location: `${elsewhere.api}/moved?secret=1` }).end();
    });
    await expect(forge.get(1)).rejects.toMatchObject({
      reason: "remote_failed",
      message: expect.stringMatching(/redirects this repository to .*moved\. .*renamed or moved/),
    });
    expect(elsewhere.requests).toEqual([]);
  });

  test("rate limits say when to try again", async () => {
    const { server, forge } = await standIn(kind);
    server.interruptions.push((response) => response.writeHead(429, { "retry-after": "600" }).end("{}"));
    await expect(forge.get(1)).rejects.toMatchObject({
      reason: "rate_limited",
      message: expect.stringContaining("try again in 10 min"),
    });
    server.interruptions.push((response) => {
      response.writeHead(403, { "x-ratelimit-remaining": "0" }).end('{"message":"API rate limit exceeded"}');
    });
    await expect(forge.get(1)).rejects.toMatchObject({ reason: "rate_limited" });
  });

  test("an answer that is no JSON, another shape, endless, or cut off", async () => {
    const { server, forge } = await standIn(kind);
    server.interruptions.push((response) => response.end("<html>sign in</html>"));
    await expect(forge.get(1)).rejects.toThrow(/did not answer with JSON/);
    server.interruptions.push((response) => response.end('{"iid":"one"}'));
    await expect(forge.get(1)).rejects.toThrow(/in a form that Trunkline does not know/);
    server.interruptions.push((response) => {
      const piece = "x".repeat(1_048_576);
      const more = (): void => {
        while (response.write(piece)) if (response.destroyed) return;
        response.once("drain", more);
      };
      more();
    });
    await expect(forge.get(1)).rejects.toThrow(/more than 16 MB/);
    server.interruptions.push((response) => response.destroy());
    await expect(forge.get(1)).rejects.toMatchObject({
      reason: "remote_failed",
      message: expect.stringContaining("can't be reached"),
    });
  });
});

test("GitHub: a token that may not read check runs still gets the statuses", async () => {
  const { server, forge } = await standIn("github");
  server.checked({ name: "a run", state: "passed" }, { name: "a status", state: "failed" });
  const refuse = server.interruptions;
  const checks = forge.checks(COMMIT);
  // The second request is the one for runs.
  refuse.push(
    (response) => response.writeHead(200, { "content-type": "application/json" }).end('{"statuses":[]}'),
    (response) =>
      response.writeHead(403).end('{"message":"Resource not accessible by personal access token"}'),
  );
  expect(await checks).toMatchObject([{ name: "Check runs", state: "skipped" }]);
});
