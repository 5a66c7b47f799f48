import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { openTestGit, type TestGit } from "../../git/testing/open-test-git.ts";
import { git as gitAsUser } from "../../git/testing/repositories.ts";
import type { Publisher, SessionWork } from "../port.ts";
import { createPublisher } from "../publisher.ts";

/** A bare repository to publish to, its mirror, a session's clone, and the publisher. */
export interface PublishBench extends AsyncDisposable {
  test: Pick<TestGit, "git" | "dataDir" | "directory">;
  publisher: Publisher;
  /** Bare, with the branch `main`. */
  origin: string;
  work: SessionWork;
  /** Where the private repositories are. */
  publications: string;
  /** Writes a file of the workspace. */
  write(path: string, text: string): Promise<void>;
  inWork(...args: string[]): Promise<string>;
  inOrigin(...args: string[]): Promise<string>;
}

type ObjectFormat = "sha1" | "sha256";

/** Made once for a test file: to look for the sandbox and to fill three repositories takes longer than most tests. */
interface Template {
  git: TestGit;
  directory: string;
  baseCommit: string;
}

async function makeTemplate(objectFormat: ObjectFormat): Promise<Template> {
  const git = await openTestGit();
  const directory = await git.directory("template");
  const [origin, mirror, workspace] = ["origin.git", "mirror.git", "workspace"].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  const seed = await git.directory("seed");
  await gitAsUser(seed, "init", "-q", "-b", "main", `--object-format=${objectFormat}`);
  await writeFile(join(seed, "add.ts"), "export const add = (a: number, b: number) => a - b;\n");
  await writeFile(join(seed, "README.md"), "# Demo\n");
  await gitAsUser(seed, "add", ".");
  await gitAsUser(seed, "commit", "-qm", "Initial");
  await gitAsUser(directory, "clone", "-q", "--bare", seed, origin);
  await gitAsUser(directory, "clone", "-q", "--mirror", origin, mirror);
  await gitAsUser(directory, "clone", "-q", "--shared", mirror, workspace);
  await gitAsUser(workspace, "switch", "-qc", "trunkline/fix");
  return { git, directory, baseCommit: await gitAsUser(workspace, "rev-parse", "HEAD") };
}

/**
 * Called at the top of a test file, after whose tests the template goes: other files of the process have their own.
 * @returns opens a bench
 */
export function publishBenches(
  objectFormat: ObjectFormat = "sha1",
): (options?: { forges?: string[] }) => Promise<PublishBench> {
  let template: Promise<Template> | undefined;
  let benches = 0;
  afterAll(async () => {
    await (await template)?.git[Symbol.asyncDispose]();
  });
  return async ({ forges = [] } = {}) => {
    template ??= makeTemplate(objectFormat);
    const made = await template;
    return openBench(made, join(made.git.dataDir, `bench-${(benches += 1)}`), forges);
  };
}

async function openBench(
  { git: test, directory: from, baseCommit }: Template,
  dataDir: string,
  forges: string[],
): Promise<PublishBench> {
  await cp(from, dataDir, { recursive: true });
  const directoryOf = async (name: string): Promise<string> => {
    await mkdir(join(dataDir, name), { recursive: true });
    return join(dataDir, name);
  };
  const [origin, mirror, directory] = ["origin.git", "mirror.git", "workspace"].map((name) =>
    join(dataDir, name),
  ) as [string, string, string];
  // Where the copies name each other.
  for (const file of [
    join(mirror, "config"),
    join(directory, ".git", "config"),
    join(directory, ".git", "objects", "info", "alternates"),
  ]) {
    await writeFile(file, (await readFile(file, "utf8")).replaceAll(from, dataDir));
  }
  const publications = await directoryOf("publications");
  const work: SessionWork = {
    sessionId: "01900000-0000-7000-8000-000000000001",
    directory,
    mirror,
    baseCommit,
    archived: null,
    title: "Fix addition",
    author: { name: "Ada", email: "ada@users.trunkline.invalid" },
  };
  return {
    test: { git: test.git, dataDir, directory: directoryOf },
    publisher: createPublisher({ git: test.git, sharedDir: dataDir, forges }),
    origin,
    work,
    publications,
    async write(path, text) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    },
    inWork: async (...args) => gitAsUser(directory, ...args),
    inOrigin: async (...args) => gitAsUser(origin, ...args),
    [Symbol.asyncDispose]: async () => rm(dataDir, { recursive: true, force: true }),
  };
}
