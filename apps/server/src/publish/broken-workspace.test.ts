import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bwrap, NO_BWRAP } from "../tools/sandbox/testing/sandbox-bench.ts";
import { publishBenches } from "./testing/publish-bench.ts";

const openPublishBench = publishBenches();
const SIGNAL = new AbortController().signal;

/** What an agent can do to its repository, and git's words for it. */
const BROKEN: Record<string, [break_: string, says: string]> = {
  "that is set to have no files": ["git config core.bare true", "must be run in a work tree"],
  "with a filter that fails": [
    "git config filter.x.clean false; git config filter.x.required true; echo '*.txt filter=x' > .gitattributes",
    "filter",
  ],
  "with an index that is none": ["echo broken > .git/index", "index file"],
  "without its objects": ["rm -rf .git/objects/info .git/objects/??", "repository"],
  "without a HEAD": ["rm .git/HEAD", "no git repository any more"],
  "that is gone": ["rm -rf .git", "no git repository any more"],
};

test.each(Object.entries(BROKEN))(
  "a repository %s: who publishes learns what to do",
  async (_, [act, says]) => {
    if (bwrap === null) throw new Error(NO_BWRAP);
    await using bench = await openPublishBench();
    const { publisher, work } = bench;
    await bench.write("new.txt", "new\n");
    await promisify(execFile)("sh", ["-c", act], { cwd: work.directory });
    const refusal = {
      name: "TrunklineError",
      reason: "validation_failed",
      message: expect.stringContaining(says) as string,
    };
    await expect(publisher.toArchive(work, "trunkline/fix", SIGNAL)).rejects.toMatchObject(refusal);
  },
);
