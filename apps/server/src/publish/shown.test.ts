import { readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRepository } from "../checkpoints/private-repository.ts";
import { runGitScripts } from "../checkpoints/run-git-scripts.ts";
import { SessionRepository } from "../checkpoints/session-repository.ts";
import { type PublishBench, publishBenches } from "./testing/publish-bench.ts";

const openPublishBench = publishBenches();
const openSha256Bench = publishBenches("sha256");
const SIGNAL = new AbortController().signal;

/** What a push would be told of: paths that the newest checkpoint has otherwise. */
async function unshown({ publisher, work, origin, test: { git, dataDir } }: PublishBench): Promise<string[]> {
  const repository = join(dataDir, "checkpoints");
  await createRepository(repository, [join(work.mirror, "objects")]);
  const places = { repository, borrowed: [join(work.mirror, "objects")], workspace: work.directory };
  const checkpoints = new SessionRepository(runGitScripts(git), places);
  const { commit } = await checkpoints.save(null, "test");
  let found: string[] = [];
  const refusal = new Error("not shown");
  const remote = { url: `file://${origin}`, protocol: "file" } as const;
  const target = { remote, redact: (text: string) => text, branch: "trunkline/fix", bases: ["main"] };
  const pushed = publisher.toRemote(
    work,
    {
      ...target,
      async approve(changed) {
        found = await checkpoints.unshown(commit ?? "", await changed());
        if (found.length > 0) throw refusal;
      },
    },
    SIGNAL,
  );
  const outcome = await pushed.then(
    () => "pushed",
    (error: unknown) => error,
  );
  expect(outcome).toBe(found.length > 0 ? refusal : "pushed");
  return found;
}

const commit = async ({ inWork }: PublishBench, ...paths: string[]): Promise<void> => {
  await inWork("add", "-f", ...paths);
  await inWork("commit", "-qm", "By the agent");
};

const HIDDEN: [string, string[], (bench: PublishBench) => Promise<void>][] = [
  [
    "excluded where nobody sees it",
    [".github/workflows/push.yml"],
    async (bench) => {
      await bench.write(".git/info/exclude", ".github/\n");
      await bench.write(".github/workflows/push.yml", "on: push\n");
      await bench.write("seen.txt", "seen\n");
      await commit(bench, ".github");
    },
  ],
  [
    "ignored by a file that ignores itself",
    ["ci/.gitignore", "ci/run.sh"],
    async (bench) => {
      await bench.write("ci/.gitignore", "*\n");
      await bench.write("ci/run.sh", "true\n");
      await commit(bench, "ci");
    },
  ],
  [
    "left out of the workspace",
    ["README.md"],
    async (bench) => {
      await bench.write("README.md", "Changed\n");
      await commit(bench, "README.md");
      await bench.inWork("sparse-checkout", "set", "--no-cone", "/add.ts");
    },
  ],
  [
    "made by a filter of its configuration",
    ["add.ts"],
    async (bench) => {
      await bench.inWork("config", "filter.other.clean", "echo other");
      await bench.write(".git/info/attributes", "add.ts filter=other\n");
      await bench.write("add.ts", "export const add = 1;\n");
    },
  ],
  [
    "taken for unchanged",
    ["add.ts"],
    async (bench) => {
      await bench.inWork("config", "core.trustctime", "false");
      await bench.inWork("config", "core.checkStat", "minimal");
      await bench.write("add.ts", "evil\n");
      const file = join(bench.work.directory, "add.ts");
      const past = new Date("2020-01-01T00:00:00Z");
      await utimes(file, past, past);
      await commit(bench, "add.ts");
      await writeFile(file, "good\n");
      await utimes(file, past, past);
    },
  ],
  [
    "of more than 100 MB",
    ["large.bin"],
    async (bench) => {
      await bench.write("large.bin", "");
      await truncate(join(bench.work.directory, "large.bin"), 105_000_000);
    },
  ],
];

test.each(HIDDEN)("a file that is %s is found before it is pushed", async (_, paths, make) => {
  await using bench = await openPublishBench();
  await make(bench);
  expect(await unshown(bench)).toEqual(paths);
  await expect(bench.inOrigin("rev-parse", "--verify", "-q", "trunkline/fix")).rejects.toThrow();
});

/** Everything that people do. */
async function workAsPeopleDo(bench: PublishBench): Promise<void> {
  await bench.write(".gitignore", "node_modules/\n");
  await bench.write("node_modules/x.js", "x\n");
  await bench.write(".gitattributes", "*.txt text eol=crlf\n");
  await bench.write("dos.txt", "one\r\ntwo\r\nno end");
  await bench.write("-rf [a]*\nb\tc", "odd\n");
  await bench.write("data.bin", "\0\r\n\0");
  await bench.write("dir/deep/new.ts", "new\n");
  await rm(join(bench.work.directory, "README.md"));
  await bench.inWork("config", "core.fileMode", "true");
  await bench.inWork("add", "-A");
  await bench.inWork("commit", "-qm", "By the agent");
  await bench.write("README.md/now-a-directory", "1\n");
  await bench.write("add.ts", "changed, not committed\n");
}

test.each([
  ["sha1", openPublishBench],
  ["sha256", openSha256Bench],
])("what people do is shown as it is published: %s", async (_, open) => {
  await using bench = await open();
  await workAsPeopleDo(bench);
  expect(await unshown(bench)).toEqual([]);
  expect(await bench.inOrigin("cat-file", "blob", "trunkline/fix:dos.txt")).toBe("one\ntwo\nno end");
});

test("pointers of Git LFS are those of the files that are shown", async () => {
  await using bench = await openPublishBench();
  // As git-lfs-clean(1) writes them.
  const clean =
    "f=$(mktemp); cat >$f; printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %d\\n' " +
    "$(sha256sum <$f | cut -d ' ' -f 1) $(stat -c %s $f); rm $f";
  await bench.inWork("config", "filter.lfs.clean", clean);
  await bench.write(".gitattributes", "*.psd filter=lfs -text\n");
  await bench.write("picture.psd", "a picture\n");
  expect(await unshown(bench)).toEqual([]);
  expect(await bench.inOrigin("show", "trunkline/fix:picture.psd")).toContain("oid sha256:");
  expect((await stat(join(bench.work.directory, "picture.psd"))).size).toBe(10);
  expect(await readFile(join(bench.work.directory, "picture.psd"), "utf8")).toBe("a picture\n");
});
