import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { nothingLeftOut, readComplaints } from "./left-out.ts";

const complaints = async (...lines: string[]) => {
  const leftOut = nothingLeftOut();
  const failure = await readComplaints(Readable.from(lines.map((line) => `${line}\n`)), leftOut);
  return { failure, leftOut };
};

it("tells what tar left out, and why, from what it only warns of and from a failure", async () => {
  expect(
    await complaints(
      "tar: ./workspaces/a/secret: Cannot open: Permission denied",
      String.raw`tar: ./agents/a/b: c\n: Cannot stat: Permission denied`,
      "tar: ./checkpoints/a/objects: Cannot stat: No such file or directory",
      "tar: ./workspaces/a/lock: File removed before we read it",
      "tar: ./workspaces/a/log: file changed as we read it",
      "tar: ./workspaces/a/log: File shrank by 3 bytes; padding with zeros",
      "tar: ./workspaces/a/socket: socket ignored",
      "tar: Exiting with failure status due to previous errors",
    ),
  ).toEqual({
    failure: undefined,
    leftOut: {
      closed: { count: 2, paths: ["workspaces/a/secret", String.raw`agents/a/b: c\n`] },
      gone: { count: 2, paths: ["checkpoints/a/objects", "workspaces/a/lock"] },
    },
  });
  const { failure, leftOut } = await complaints(
    "tar: ./credentials.key: Cannot open: Permission denied",
    "tar: ./blobs/a: Read error at byte 0, while reading 1 byte: Input/output error",
  );
  expect(failure).toContain("credentials.key");
  expect(leftOut).toEqual(nothingLeftOut());
});

it("counts all that a command has closed, and names a hundred", async () => {
  const lines = Array.from(
    { length: 1_000 },
    (_, index) => `tar: ./workspaces/a/${index}: Cannot open: Permission denied`,
  );
  const { closed } = (await complaints(...lines)).leftOut;
  expect(closed.count).toBe(1_000);
  expect(closed.paths).toHaveLength(100);
});
