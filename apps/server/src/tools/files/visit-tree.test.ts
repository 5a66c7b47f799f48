import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HeldDirectory } from "./held-directory.ts";
import { type TreeVisitor, visitTree } from "./visit-tree.ts";

test("H18: a directory that is moved away while it is visited does not end the visit", async () => {
  const path = await mkdtemp(join(tmpdir(), "trunkline-visit-"));
  await mkdir(join(path, "tree", "a", "b", "c"), { recursive: true });
  await mkdir(join(path, "tree", "z", "y"), { recursive: true });
  const seen: string[] = [];
  let depth = 0;
  {
    await using root = await HeldDirectory.open(join(path, "tree"), join(path, "tree"));
    const visitor: TreeVisitor = {
      async visit(directory) {
        const names = await readdir(directory.self);
        // So that the parent is a different one when the visit returns from here.
        if (seen.at(-1) === "c") {
          await rename(join(path, "tree/a/b/c"), join(path, "c"));
          await rename(join(path, "tree/a"), join(path, "a"));
        }
        return names.toSorted().toReversed();
      },
      async enter(name) {
        seen.push(name);
        depth++;
        return true;
      },
      async leave() {
        depth--;
      },
    };
    await visitTree(root, visitor, { access: "to read" });
  }
  expect(seen).toEqual(["a", "b", "c", "z", "y"]);
  expect(depth).toBe(0);
  await rm(path, { recursive: true });
});
