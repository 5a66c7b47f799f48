import { lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "../git/port.ts";
import { WrittenFile } from "../common/written-file.ts";
import { directoryUrl } from "./directory-url.ts";
import { type FetchLimits, listRefs, MAX_REF_BYTES, tooLarge } from "./fetch-limits.ts";
import { type Draft, type Mirror, tips } from "./mirror.ts";
import { areSameRefs, readRemoteRefs, type Refs } from "./refs.ts";

const MAX_SHALLOW_BYTES = 16_777_216;

export interface DirectoryFetch {
  git: Git;
  mirror: Mirror;
  limits: FetchLimits;
  isAlone: boolean;
}

/**
 * Brings a mirror up to date with a repository on this machine. Its own configuration may name programs, and an agent that
 * works in place may have written it: so whatever reads the source runs in the sandbox, and only objects come out.
 * @param source real path of a directory that the operator offers; only read.
 * @throws GitError, or the reason of the signal
 */
export async function fetchDirectory(
  { git, mirror, limits, isAlone }: DirectoryFetch,
  source: string,
  signal: AbortSignal,
): Promise<Refs> {
  const listed = await listRefs(git.sandboxed, {
    args: ["ls-remote", "--symref", "--", directoryUrl(source)],
    directory: source,
    readOnly: [source],
    protocol: "file",
    timeoutMs: limits.timeMs,
    signal,
  });
  const there = readRemoteRefs(listed.stdout.toString());
  const wanted = [
    ...new Set([...tips(there.list), ...(there.headCommit === null ? [] : [there.headCommit])]),
  ];
  const here = (await mirror.exists()) ? await mirror.refs() : null;
  if (here !== null) {
    if (areSameRefs(here.list, there.list) && here.headCommit === there.headCommit) {
      await mirror.say(there);
      return there;
    }
    if ((await missing(git, mirror.directory, "own", wanted, signal)).length === 0) {
      await mirror.say(there);
      return there;
    }
  }
  const objectFormat = wanted[0]?.length === 64 ? "sha256" : "sha1";
  await using draft = await mirror.draft({ objectFormat, isAlone });
  const known = here === null ? [] : tips(here.list);
  const unknown = new Set(await missing(git, source, "sandboxed", known, signal));
  await writeShallow(source, draft);
  await packObjects(
    { git, limits, signal },
    { source, draft, wanted, known: known.filter((hash) => !unknown.has(hash)) },
  );
  await mirror.take(draft, there);
  return there;
}

/** Objects of a source, as a pack that is checked on its way into the draft. */
export async function packObjects(
  { git, limits, signal }: { git: Git; limits: FetchLimits; signal: AbortSignal },
  what: {
    source: string;
    draft: Draft;
    wanted: readonly string[];
    known: readonly string[];
    /** Where else the source's objects are. */
    environment?: Readonly<Record<string, string>>;
    readOnly?: readonly string[];
  },
): Promise<void> {
  const { source, draft, wanted, known, environment = {}, readOnly = [] } = what;
  if (wanted.length === 0) return;
  const file = join(draft.directory, "incoming.pack");
  await using pack = new WrittenFile(file, { flags: "w", flush: false });
  let bytes = 0;
  const excess = new AbortController();
  await git.sandboxed({
    args: ["pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q"],
    directory: source,
    readOnly: [source, ...readOnly],
    environment,
    input: `${[...wanted, ...known.map((hash) => `^${hash}`)].join("\n")}\n`,
    timeoutMs: limits.timeMs,
    signal: AbortSignal.any([signal, excess.signal]),
    onOutput: async (piece) => {
      bytes += piece.length;
      if (bytes > limits.bytes) return excess.abort(tooLarge(limits));
      // The piece is only lent.
      await pack.write(Buffer.from(piece));
    },
  });
  await pack.end();
  const args = ["index-pack", file, "-o", join(draft.directory, "incoming.idx")];
  const { stdout } = await git.own({ args, directory: draft.directory, timeoutMs: limits.timeMs, signal });
  const name = stdout.toString().trim().split("\t").at(-1) ?? "";
  await movePack(draft, name);
  // Whatever the source said it has must be here whole.
  await git.own({
    args: ["rev-list", "--objects", "--quiet", "--stdin", "--not", "--all"],
    input: `${wanted.join("\n")}\n`,
    directory: draft.directory,
    timeoutMs: limits.timeMs,
    signal,
  });
}

async function movePack({ directory }: Draft, name: string): Promise<void> {
  for (const kind of ["pack", "rev", "idx"]) {
    await rename(
      join(directory, `incoming.${kind}`),
      join(directory, "objects", "pack", `pack-${name}.${kind}`),
    ).catch((error: NodeJS.ErrnoException) => {
      // Older versions of git write no reverse index.
      if (kind !== "rev" || error.code !== "ENOENT") throw error;
    });
  }
}

/** @returns those of these objects that a repository lacks. */
async function missing(
  git: Git,
  directory: string,
  way: "own" | "sandboxed",
  hashes: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  if (hashes.length === 0) return [];
  const run = {
    args: ["cat-file", "--batch-check=%(objectname)"],
    input: `${hashes.join("\n")}\n`,
    directory,
    maxOutputBytes: MAX_REF_BYTES,
    signal,
  };
  const { stdout } = await (way === "own" ? git.own(run) : git.sandboxed({ ...run, readOnly: [directory] }));
  return stdout
    .toString()
    .split("\n")
    .filter((line) => line.endsWith(" missing"))
    .map((line) => line.slice(0, -" missing".length));
}

/** Where the source's history ends, if it has only a part of it. Read as data: a link is not followed. */
async function writeShallow(source: string, draft: Draft): Promise<void> {
  const target = join(draft.directory, "shallow");
  await rm(target, { force: true });
  for (const file of [join(source, ".git", "shallow"), join(source, "shallow")]) {
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined || !found.isFile() || found.size > MAX_SHALLOW_BYTES) continue;
    const lines = (await readFile(file, "latin1"))
      .split("\n")
      .filter((line) => /^[0-9a-f]{40,64}$/.test(line));
    if (lines.length > 0) await writeFile(target, `${lines.join("\n")}\n`);
    return;
  }
}
