import type { Session } from "@trunkline/contract";
import { ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { TerminalProcess } from "../testing/terminal-process.ts";
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
    out: "Renamed: Quagga crossing\n",
  });
  expect(await listed("--title", "quagga")).toEqual([session.id]);
  expect((await cli(["sessions", "--title", "okapi"])).err).toBe("No session has 'okapi' in its title.\n");
  expect(await cli(["rename", session.id, " "])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("1 to 200 characters"),
  });
});

it("archive puts a session out of the list, and --undo back", async () => {
  expect(await cli(["archive", session.id])).toMatchObject({
    exitCode: 0,
    out: "Archived: Zebra crossing\n",
  });
  expect(await listed()).not.toContain(session.id);
  expect(await listed("--archived")).toEqual([session.id]);
  const { out } = await cli(["archive", session.id, "--undo", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ id: session.id, archivedAt: null });
  expect(await listed()).toContain(session.id);
  expect((await cli(["sessions", "--archived"])).err).toBe("No archived sessions.\n");
});

it("delete asks first, and not without anybody to ask", async () => {
  const nobody = await cli(["delete", session.id]);
  expect(nobody).toMatchObject({ exitCode: 2, err: expect.stringContaining("--yes") });
  const atTerminal = async (typed: string): Promise<string> => {
    await using terminal = new TerminalProcess(["delete", session.id], {
      TRUNKLINE_DATA_DIR: server.dataDir,
    });
    await terminal.shows('Delete "Zebra crossing" and all its files? This can\'t be undone. [y/N] ');
    terminal.type(typed);
    expect(await terminal.ended()).toBe(0);
    return terminal.screen;
  };
  for (const typed of ["\r", "no\r", "\u0004"]) expect(await atTerminal(typed)).toContain("Not deleted.");
  expect(await listed()).toContain(session.id);

  expect(await atTerminal("y\r")).toContain("Deleted: Zebra crossing\n");
  expect(await listed()).not.toContain(session.id);
  expect(await cli(["delete", session.id, "--yes"])).toMatchObject({ exitCode: 2 });
});
