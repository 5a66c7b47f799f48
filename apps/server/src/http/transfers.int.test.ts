import { createClient } from "@trunkline/client";
import { ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let server: ServerFixture;
beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(async () => server[Symbol.asyncDispose]());

const BYTES = "application/octet-stream";
/** More than all buffers on the way hold. */
const PIECE = "x".repeat(60_000);
const PIECES = 500;

async function shortLived() {
  const { token, secret } = await server.client.token.create.mutate({ name: "short" });
  const revoke = async () => server.client.token.revoke.mutate({ tokenId: token.id });
  const revoked = async () => {
    await waitFor("the request to be under way", async () => {
      const { items } = await server.client.token.list.query({});
      return items.find(({ id }) => id === token.id)?.lastUsedAt !== null;
    });
    await revoke();
    await expect(createClient({ url: server.url, token: secret }).user.me.query()).rejects.toThrow();
  };
  return { authorization: `Bearer ${secret}`, revoked };
}

/** Sends the one half, then does something, then sends the other. */
async function sendHalves(path: string, type: string, halves: [string, string]) {
  const { authorization, revoked } = await shortLived();
  async function* body() {
    yield Buffer.from(halves[0]);
    await revoked();
    // Until the revocation is noticed, which ends this: each piece is only looked at when it comes.
    for (let left = 40; left > 0; left--) {
      yield Buffer.from(" ");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    yield Buffer.from(halves[1]);
  }
  const init = { method: "POST", headers: { authorization, "content-type": type }, duplex: "half" } as const;
  const answer = await fetch(server.url + path, { ...init, body: ReadableStream.from(body()) });
  return { status: answer.status, text: await answer.text() };
}

const EVENTS = [
  { seq: 1, taskId: null, at: 1, type: "session.created", data: { title: "t", model: null } },
  ...Array.from({ length: PIECES }, (_, index) => ({
    seq: index + 2,
    taskId: null,
    at: 1,
    type: "notice",
    data: { level: "info", message: PIECE },
  })),
];
const DOCUMENT = JSON.stringify({
  format: "trunkline.session",
  version: 1,
  session: { title: "t", agent: "default", model: null, createdAt: 1, updatedAt: 1 },
  tasks: [],
  events: EVENTS,
});

it("nothing of an upload or import is stored whose token is revoked meanwhile", async () => {
  const upload = await sendHalves("/api/blobs", BYTES, ["one", "two"]);
  expect(upload.status, upload.text).toBe(401);
  const imported = await sendHalves("/api/sessions/import", "application/json", [
    DOCUMENT.slice(0, 100),
    DOCUMENT.slice(100),
  ]);
  expect(imported.status, imported.text).toBe(401);
  expect((await server.client.session.list.query({})).items).toEqual([]);
});

it("an export and a download break off, visibly, when their token is revoked", async () => {
  const json = { authorization: `Bearer ${server.token}`, "content-type": "application/json" };
  const imported = await fetch(`${server.url}/api/sessions/import`, {
    method: "POST",
    headers: json,
    body: DOCUMENT,
  });
  const { session } = (await imported.json()) as { session: { id: string } };
  const uploaded = await fetch(`${server.url}/api/blobs`, {
    method: "POST",
    headers: { ...json, "content-type": BYTES },
    body: PIECE.repeat(PIECES),
  });
  const { sha256 } = (await uploaded.json()) as { sha256: string };
  for (const path of [`/api/sessions/${session.id}/export`, `/api/blobs/${sha256}`]) {
    const { authorization, revoked } = await shortLived();
    const answer = await fetch(server.url + path, { headers: { authorization } });
    expect(answer.status).toBe(200);
    const reader = answer.body!.getReader();
    await reader.read();
    await revoked();
    const rest = (async () => {
      while (!(await reader.read()).done);
    })();
    await expect(rest).rejects.toThrow();
  }
});
