/** A ref of a repository. */
export interface Ref {
  name: string;
  hash: string;
  /** What an annotated tag leads to; null: the ref is none. */
  peeled: string | null;
}

/** What a repository has: branches and tags. */
export interface Refs {
  /** In the order in which git lists them, by name. */
  list: readonly Ref[];
  /** The branch that its HEAD names, in full; null: it is detached, or unknown. */
  head: string | null;
  /** The commit of its HEAD; null: there is none. */
  headCommit: string | null;
}

const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Reads what `git ls-remote --symref URL` prints; refs that are neither branch nor tag are left out. */
export function readRemoteRefs(text: string): Refs {
  const refs = new Map<string, Ref>();
  let head: string | null = null;
  let headCommit: string | null = null;
  for (const line of text.split("\n")) {
    const tab = line.indexOf("\t");
    const [value, name] = [line.slice(0, tab), line.slice(tab + 1)];
    if (name === "HEAD" && value.startsWith("ref: refs/heads/")) head = value.slice("ref: ".length);
    if (!HASH.test(value)) continue;
    if (name === "HEAD") headCommit = value;
    if (!name.startsWith("refs/heads/") && !name.startsWith("refs/tags/")) continue;
    if (!name.endsWith("^{}")) {
      refs.set(name, { name, hash: value, peeled: null });
      continue;
    }
    const tag = refs.get(name.slice(0, -"^{}".length));
    if (tag !== undefined) tag.peeled = value;
  }
  return { list: [...refs.values()], head, headCommit };
}

/** Reads what `git for-each-ref --format=REF_FORMAT` prints. */
export function readRefLines(text: string): Ref[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [hash = "", peeled = "", ...name] = line.split(" ");
      return { name: name.join(" "), hash, peeled: peeled === "" ? null : peeled };
    });
}
export const REF_FORMAT = "%(objectname) %(*objectname) %(refname)";

/** Not "sorted", although git lists them so: a server may not. */
const PACKED_REFS_HEAD = "# pack-refs with: peeled fully-peeled \n";

/** The file `packed-refs` (gitrepository-layout(5)). */
export function formatPackedRefs(refs: readonly Ref[]): string {
  const lines = refs.map(
    ({ name, hash, peeled }) => `${hash} ${name}\n${peeled === null ? "" : `^${peeled}\n`}`,
  );
  return PACKED_REFS_HEAD + lines.join("");
}

export function readPackedRefs(text: string): Ref[] {
  const refs: Ref[] = [];
  for (const line of text.split("\n")) {
    const last = refs.at(-1);
    if (line.startsWith("^") && last !== undefined) last.peeled = line.slice(1);
    else if (line !== "" && !line.startsWith("#")) {
      const space = line.indexOf(" ");
      refs.push({ hash: line.slice(0, space), name: line.slice(space + 1), peeled: null });
    }
  }
  return refs;
}

export function areSameRefs(some: readonly Ref[], others: readonly Ref[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, hash }, index) => others[index]?.name === name && others[index].hash === hash)
  );
}

/**
 * @param wanted a branch, a tag or a full name; null: what HEAD names.
 * @returns the commit and the name for people; null: there is no such ref.
 */
export function findRef(
  { list, head, headCommit }: Refs,
  wanted: string | null,
): { commit: string; name: string } | null {
  if (wanted === null && head === null) {
    return headCommit === null ? null : { commit: headCommit, name: "HEAD" };
  }
  const name = wanted ?? head ?? "";
  for (const full of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
    const ref = list.find((candidate) => candidate.name === full);
    if (ref !== undefined) {
      return { commit: ref.peeled ?? ref.hash, name: full.replace(/^refs\/(?:heads|tags)\//, "") };
    }
  }
  return null;
}
