import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openTestGit, type TestGit } from "../../git/testing/open-test-git.ts";
import { git as gitAsUser } from "../../git/testing/repositories.ts";
import type { Publisher, SessionWork } from "../port.ts";
import { createPublisher } from "../publisher.ts";

/** A bare repository to publish to, its mirror, a session's clone, and the publisher. */
export interface PublishBench extends AsyncDisposable {
  test: TestGit;
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

export async function openPublishBench({ forges = [] }: { forges?: string[] } = {}): Promise<PublishBench> {
  const test = await openTestGit();
  const { git, dataDir } = test;
  const [origin, mirror, directory] = ["origin.git", "mirror.git", "workspace"].map((name) =>
    join(dataDir, name),
  ) as [string, string, string];
  const seed = await test.directory("seed");
  await gitAsUser(seed, "init", "-q", "-b", "main");
  await writeFile(join(seed, "add.ts"), "export const add = (a: number, b: number) => a - b;\n");
  await writeFile(join(seed, "README.md"), "# Demo\n");
  await gitAsUser(seed, "add", ".");
  await gitAsUser(seed, "commit", "-qm", "Initial");
  await gitAsUser(dataDir, "clone", "-q", "--bare", seed, origin);
  await gitAsUser(dataDir, "clone", "-q", "--mirror", origin, mirror);
  await gitAsUser(dataDir, "clone", "-q", "--shared", mirror, directory);
  await gitAsUser(directory, "switch", "-qc", "trunkline/fix");
  const publications = await test.directory("publications");
  const work: SessionWork = {
    sessionId: "01900000-0000-7000-8000-000000000001",
    directory,
    mirror,
    baseCommit: await gitAsUser(directory, "rev-parse", "HEAD"),
    title: "Fix addition",
    author: { name: "Ada", email: "ada@users.trunkline.invalid" },
  };
  return {
    test,
    publisher: createPublisher({ git, sharedDir: dataDir, forges }),
    origin,
    work,
    publications,
    async write(path, text) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    },
    inWork: async (...args) => gitAsUser(directory, ...args),
    inOrigin: async (...args) => gitAsUser(origin, ...args),
    [Symbol.asyncDispose]: async () => test[Symbol.asyncDispose](),
  };
}
