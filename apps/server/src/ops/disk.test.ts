import { expect, it } from "vitest";
import { NO_SMALL_DISK, SmallDisk } from "../store/testing/small-disk.ts";
import { checkDisk } from "./disk.ts";

it("a node with a full disk is not ready, until there is room, nor is one with a read-only disk", async (test) => {
  await using disk = await SmallDisk.mount(64);
  if (disk === undefined) return test.skip(NO_SMALL_DISK);
  await checkDisk(["/", disk.path]);
  disk.fill();
  await expect(checkDisk(["/", disk.path])).rejects.toThrow(`The disk of ${disk.path} is full`);
  disk.makeRoom();
  await checkDisk([disk.path]);
  await disk.setReadOnly();
  await expect(checkDisk([disk.path])).rejects.toMatchObject({ code: "EROFS" });
});
