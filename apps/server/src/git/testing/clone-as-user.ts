import { openTestGit } from "./open-test-git.ts";

/*
 * `node clone-as-user.ts <data directory>` makes a repository the own way, clones it in the sandbox, and prints what
 * came of it as JSON. For another user than the test's.
 */
const [dataDir = ""] = process.argv.slice(2);
const bench = await openTestGit({ dataDir });
const source = await bench.directory("source");
const identity = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};
await bench.git.own({ args: ["init", "-q", "-b", "main"], directory: source });
await bench.git.own({
  args: ["commit", "-q", "--allow-empty", "-m", "first"],
  directory: source,
  environment: identity,
});
const workspace = await bench.directory("workspace");
await bench.git.sandboxed({
  args: ["clone", "-q", "--shared", source, "."],
  directory: workspace,
  readOnly: [source],
  protocol: "file",
});
const { stdout } = await bench.git.sandboxed({
  args: ["log", "--format=%s"],
  directory: workspace,
  readOnly: [source],
});
process.stdout.write(JSON.stringify({ isSandboxed: bench.isSandboxed, log: stdout.toString() }));
