import { stripVTControlCharacters } from "node:util";
import type { Session } from "@trunkline/contract";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

let server: ServerFixture;
let session: Session;
beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(async () => server[Symbol.asyncDispose]());
beforeEach(async () => {
  session = await server.client.session.create.mutate({ title: "Zebra crossing" });
});

const cli = async (args: string[], options: { typed?: string } = {}) =>
  runCaptured(args, { env: { TRUNKLINE_DATA_DIR: server.dataDir }, ...options });
const listed = async (...args: string[]): Promise<string[]> => {
  const { out } = await cli(["sessions", "--json", ...args]);
  return out.split("\n").flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as Session).id]));
};

it("rename gives a session another title, by which sessions finds it", async () => {
  expect(await cli(["rename", session.id, "Quagga", "crossing"])).toMatchObject({
    exitCode: 0,
    out: "Now: Quagga crossing\n",
  });
  expect(await listed("--title", "quagga")).toEqual([session.id]);
  expect((await cli(["sessions", "--title", "okapi"])).err).toBe("No session has 'okapi' in its title.\n");
  expect(await cli(["rename", session.id, " "])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("1 to 200 characters"),
  });
});

it("archive puts a session out of the list, and --undo back", async () => {
  expect(await cli(["archive", session.id])).toMatchObject({ exitCode: 0, out: "Archived\n" });
  expect(await listed()).not.toContain(session.id);
  expect(await listed("--archived")).toEqual([session.id]);
  const { out } = await cli(["archive", session.id, "--undo", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ id: session.id, archivedAt: null });
  expect(await listed()).toContain(session.id);
  expect((await cli(["sessions", "--archived"])).err).toBe("No archived session.\n");
});

it("delete asks first, and not without anybody to ask", async () => {
  const nobody = await cli(["delete", session.id]);
  expect(nobody).toMatchObject({ exitCode: 2, err: expect.stringContaining("--yes") });
  for (const typed of ["\n", "no\n", ""]) {
    const { exitCode, err } = await cli(["delete", session.id], { typed });
    expect(exitCode).toBe(0);
    expect(stripVTControlCharacters(err)).toContain(
      'Delete "Zebra crossing" and all its files for good? [y/N]',
    );
  }
  expect(await listed()).toContain(session.id);

  expect(await cli(["delete", session.id], { typed: "y\n" })).toMatchObject({
    out: "Deleted: Zebra crossing\n",
  });
  expect(await listed()).not.toContain(session.id);
  expect(await cli(["delete", session.id, "--yes"])).toMatchObject({ exitCode: 2 });
});
