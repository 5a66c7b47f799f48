import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "../git/port.ts";
import { type FetchLimits, listRefs, tooLarge } from "./fetch-limits.ts";
import type { Draft, Mirror } from "./mirror.ts";
import { areSameRefs, readRefLines, readRemoteRefs, REF_FORMAT, type Refs } from "./refs.ts";
import type { OpenRemote } from "./remote.ts";

const LOOK_EVERY_MS = 500;

/** Brings a mirror up to date with a URL. @throws GitError, or the reason of the signal */
export async function fetchUrl(
  { git, mirror, limits, isAlone }: { git: Git; mirror: Mirror; limits: FetchLimits; isAlone: boolean },
  { remote }: OpenRemote,
  signal: AbortSignal,
): Promise<Refs> {
  const { url, ...transport } = remote;
  const listed = await listRefs(git.own, {
    ...transport,
    args: ["ls-remote", "--symref", "--", url, "HEAD", "refs/heads/*", "refs/tags/*"],
    directory: "/",
    timeoutMs: limits.timeMs,
    signal,
  });
  const there = readRemoteRefs(listed.stdout.toString());
  const isDetached = there.head === null && there.headCommit !== null;
  if ((await mirror.exists()) && areSameRefs((await mirror.refs()).list, there.list)) {
    // A detached one may be on no branch.
    if (!isDetached || (await mirror.commit(there.headCommit ?? "")) !== null) {
      await mirror.say(there);
      return there;
    }
  }
  const objectFormat = there.list[0]?.hash.length === 64 ? "sha256" : "sha1";
  await using draft = await mirror.draft({ objectFormat, isAlone });
  using size = watchSize(draft, limits);
  await git.own({
    ...transport,
    args: [
      "fetch",
      "--quiet",
      "--force",
      "--prune",
      "--no-tags",
      "--no-write-fetch-head",
      "--no-recurse-submodules",
      "--update-shallow",
      "--",
      url,
      "+refs/heads/*:refs/heads/*",
      "+refs/tags/*:refs/tags/*",
      ...(isDetached ? ["+HEAD:refs/trunkline/head"] : []),
    ],
    // Always a pack, which can be moved whole.
    configuration: { ...transport.configuration, "fetch.unpackLimit": "1" },
    directory: draft.directory,
    timeoutMs: limits.timeMs,
    signal: AbortSignal.any([signal, size.signal]),
  });
  await packLoose(git, draft, limits, signal);
  const args = ["for-each-ref", `--format=${REF_FORMAT}`, "refs/heads/", "refs/tags/"];
  const { stdout } = await listRefs(git.own, { args, directory: draft.directory, signal });
  const list = readRefLines(stdout.toString());
  const head = list.some(({ name }) => name === there.head) ? there.head : null;
  const tip = list.find(({ name }) => name === head)?.hash ?? null;
  const refs = { list, head, headCommit: isDetached ? there.headCommit : tip };
  await mirror.take(draft, refs);
  return refs;
}

/**
 * From a host that serves a repository as plain files (gitprotocol-http(5), "dumb") objects come one by one, which can't be
 * moved whole. @throws GitError, or the reason of the signal
 */
async function packLoose(
  git: Git,
  { directory }: Draft,
  { timeMs }: FetchLimits,
  signal: AbortSignal,
): Promise<void> {
  const directories = await readdir(join(directory, "objects"));
  if (!directories.some((name) => /^[0-9a-f]{2}$/.test(name))) return;
  await git.own({ args: ["repack", "-d", "-l", "-q"], directory, timeoutMs: timeMs, signal });
}

/** Aborts once the draft's objects are larger than allowed. */
function watchSize({ directory }: Draft, limits: FetchLimits): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      if ((await sizeOf(join(directory, "objects"), limits.bytes)) > limits.bytes) {
        controller.abort(tooLarge(limits));
      }
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { signal: controller.signal, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Of all files below; counts no further than `enough`. What goes meanwhile is not counted. */
async function sizeOf(directory: string, enough: number): Promise<number> {
  let size = 0;
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    // What each takes of the disk: many small files are large, too.
    if (entry.isDirectory()) size += await sizeOf(path, enough - size);
    else size += (await stat(path).catch(() => ({ blocks: 0 }))).blocks * 512;
    if (size > enough) break;
  }
  return size;
}
