import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Git } from "../git/port.ts";
import { type FetchLimits, tooLarge } from "./fetch-limits.ts";
import type { Draft, Mirror } from "./mirror.ts";
import { areSameRefs, readRefLines, readRemoteRefs, REF_FORMAT, type Refs } from "./refs.ts";
import type { OpenRemote } from "./remote.ts";

/** Most of what a repository may say about its refs. */
const MAX_REF_BYTES = 67_108_864;
const LOOK_EVERY_MS = 500;

/** Brings a mirror up to date with a URL. @throws GitError, or the reason of the signal */
export async function fetchUrl(
  { git, mirror, limits, isAlone }: { git: Git; mirror: Mirror; limits: FetchLimits; isAlone: boolean },
  { remote }: OpenRemote,
  signal: AbortSignal,
): Promise<Refs> {
  const { url, ...transport } = remote;
  const listed = await git.own({
    ...transport,
    args: ["ls-remote", "--symref", "--", url, "HEAD", "refs/heads/*", "refs/tags/*"],
    directory: "/",
    maxOutputBytes: MAX_REF_BYTES,
    timeoutMs: limits.timeMs,
    signal,
  });
  const there = readRemoteRefs(listed.stdout.toString());
  if ((await mirror.exists()) && areSameRefs((await mirror.refs()).list, there.list)) {
    await mirror.say(there);
    return there;
  }
  const isDetached = there.head === null && there.headCommit !== null;
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
      // A detached one may be on no branch.
      ...(isDetached ? ["+HEAD:refs/trunkline/head"] : []),
    ],
    // Always a pack, which can be moved whole.
    configuration: { ...transport.configuration, "fetch.unpackLimit": "1" },
    directory: draft.directory,
    timeoutMs: limits.timeMs,
    signal: AbortSignal.any([signal, size.signal]),
  });
  const args = ["for-each-ref", `--format=${REF_FORMAT}`, "refs/heads/", "refs/tags/"];
  const { stdout } = await git.own({
    args,
    directory: draft.directory,
    maxOutputBytes: MAX_REF_BYTES,
    signal,
  });
  const list = readRefLines(stdout.toString());
  const head = list.some(({ name }) => name === there.head) ? there.head : null;
  const tip = list.find(({ name }) => name === head)?.hash ?? null;
  const refs = { list, head, headCommit: isDetached ? there.headCommit : tip };
  await mirror.take(draft, refs);
  return refs;
}

/** Aborts once the draft's packs are larger than allowed. */
function watchSize({ directory }: Draft, limits: FetchLimits): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  const packs = join(directory, "objects", "pack");
  const look = async (): Promise<void> => {
    let size = 0;
    for (const name of await readdir(packs).catch(() => [])) {
      size += (await stat(join(packs, name)).catch(() => ({ size: 0 }))).size;
    }
    if (size > limits.bytes) {
      controller.abort(tooLarge(limits));
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return { signal: controller.signal, [Symbol.dispose]: () => clearInterval(timer) };
}
