import { randomUUID } from "node:crypto";
import type { Blob, Services } from "@trunkline/contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FakeServices } from "./testing/fake-services.ts";
import { type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

/** More than a stream takes ahead, and less than a connection does: what comes after it waits for nothing. */
const PIECE = Buffer.alloc(100_000, "x");
const INSIDE = "secret of the inside";

async function* failing(): AsyncGenerator<Buffer, void> {
  yield PIECE;
  throw new Error(INSIDE);
}
async function* failingText(): AsyncGenerator<string, void> {
  for await (const piece of failing()) yield piece.toString();
}

/** Whose answers fail after one piece; as long as the message would make them, where they have a length. */
function failingServices(): Services {
  const fake = new FakeServices().asServices();
  const bytes = PIECE.length + `Error: ${INSIDE}`.length;
  const sha256 = "0".repeat(64);
  const blob = { sha256, bytes, mediaType: "text/plain" } as Blob;
  const download = async () => ({ name: "x", bytes: null, content: failing() });
  return {
    ...fake,
    sessions: { ...fake.sessions, exportStream: failingText },
    blobs: { get: async () => ({ blob, open: async () => failing() }) },
    workspaces: { openFile: async () => ({ ...(await download()), bytes }), openArchive: download },
    publications: { openPatch: download },
  } as unknown as Services;
}

let fixture: HttpFixture;
beforeAll(async () => {
  fixture = await openHttpFixture({ services: failingServices() });
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const session = `/api/sessions/${randomUUID()}`;
it.each([
  ["a blob", `/api/blobs/${"0".repeat(64)}`],
  ["a file", `${session}/files/x`],
  ["an archive", `${session}/archive`],
  ["a patch", `${session}/patch`],
  ["a document", `${session}/export`],
])("%s that fails on its way breaks off, and says nothing of what failed", async (_name, path) => {
  const answer = await fixture.openStream(path, { authorization: `Bearer ${fixture.token}` });
  expect(answer.statusCode).toBe(200);
  let received = "";
  const reading = async (): Promise<void> => {
    for await (const chunk of answer as AsyncIterable<Buffer>) received += chunk.toString();
  };
  await expect(reading()).rejects.toThrow("aborted");
  expect(answer.complete).toBe(false);
  expect(received).not.toContain(INSIDE);
});
