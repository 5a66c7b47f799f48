import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Git } from "../git/port.ts";
import { formatPackedRefs, readPackedRefs, type Ref, type Refs } from "./refs.ts";

/** Directories of fetches under way, beside the mirror. */
const FETCH_PREFIX = ".fetch-";
/** Far longer than a fetch may take: what is older belongs to a process that is gone, in ms. */
const LEFT_AFTER_MS = 86_400_000;

/** Directories of this process's own, which nobody takes for left behind. */
const IN_USE = new Set<string>();

/**
 * A project's mirror: a bare repository that sessions' clones borrow objects from. Everything is brought here by renames:
 * whole packs first, then the list of refs. So a reader always finds a whole repository, a kill leaves one, and two nodes
 * that fetch at once do no harm: there is no lock that the dead could leave behind. Nothing ever removes an object.
 */
export class Mirror {
  /** Absolute. */
  readonly directory: string;
  readonly #parent: string;
  readonly #git: Git;

  /** @param directory absolute; fetches under way are beside it. */
  constructor(directory: string, git: Git) {
    this.#parent = dirname(directory);
    this.directory = directory;
    this.#git = git;
  }

  async exists(): Promise<boolean> {
    return stat(join(this.directory, "HEAD")).then(
      () => true,
      () => false,
    );
  }

  /** What it has; nothing before the first fetch. */
  async refs(): Promise<Refs> {
    const list = readPackedRefs(await readIfThere(join(this.directory, "packed-refs")));
    const head = await readIfThere(join(this.directory, "HEAD"));
    const target = head.startsWith("ref: ") ? head.slice("ref: ".length).trim() : null;
    const detached = target === null && head !== "" ? head.trim() : null;
    return {
      list,
      head: target,
      headCommit: detached ?? list.find(({ name }) => name === target)?.hash ?? null,
    };
  }

  /** @returns the whole name of a commit that it has; null: it has none of that name. */
  async commit(hash: string): Promise<string | null> {
    const args = ["rev-parse", "-q", "--verify", "--end-of-options", `${hash}^{commit}`];
    const { code, stdout } = await this.#git.own({ args, directory: this.directory, accept: [0, 1, 128] });
    return code === 0 ? stdout.toString().trim() : null;
  }

  /**
   * A repository of its own for one fetch, which sees what the mirror has. @param options.isAlone whether no other process
   * fetches: what others left behind is removed at once then.
   */
  async draft(options: { objectFormat: "sha1" | "sha256"; isAlone: boolean }): Promise<Draft> {
    await mkdir(this.#parent, { recursive: true, mode: 0o700 });
    await this.#removeLeft(options.isAlone);
    const draft = new Draft(join(this.#parent, `${FETCH_PREFIX}${randomUUID()}`));
    try {
      await this.#fill(draft, options.objectFormat);
      return draft;
    } catch (error) {
      await draft[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #fill({ directory }: Draft, objectFormat: "sha1" | "sha256"): Promise<void> {
    await mkdir(directory, { mode: 0o700 });
    const args = ["init", "-q", "--bare", "--template=", `--object-format=${objectFormat}`, "."];
    await this.#git.own({ args, directory });
    // For whoever runs git in it by hand.
    await appendFile(join(directory, "config"), "[gc]\n\tauto = 0\n\tpruneExpire = never\n");
    await mkdir(join(directory, "objects", "pack"), { recursive: true });
    if (await this.exists()) {
      await mkdir(join(directory, "objects", "info"), { recursive: true });
      await writeFile(join(directory, "objects", "info", "alternates"), `${this.directory}/objects\n`);
      for (const file of ["packed-refs", "shallow"]) {
        const content = await readIfThere(join(this.directory, file));
        if (content !== "") await writeFile(join(directory, file), content);
      }
    }
  }

  /** Takes a draft's packs, then says what there is now. */
  async take(draft: Draft, refs: Refs): Promise<void> {
    const target = await this.takePacks(draft);
    const shallow = await readIfThere(join(draft.directory, "shallow"));
    if (shallow !== "") await replaceFile(join(target, "shallow"), shallow);
    else await rm(join(target, "shallow"), { force: true });
    await replaceFile(join(target, "packed-refs"), formatPackedRefs(refs.list));
    await replaceFile(join(target, "HEAD"), headOf(refs));
  }

  /** Takes a draft's packs alone: what there is may have changed since the draft began. @returns the mirror's directory */
  async takePacks(draft: Draft): Promise<string> {
    const packs = join(draft.directory, "objects", "pack");
    // Git looks for the index: whatever belongs to a pack must be there before it.
    const files = (await readdir(packs)).filter(
      (name) => name.startsWith("pack-") && !name.endsWith(".keep"),
    );
    const inOrder = [
      ...files.filter((name) => !name.endsWith(".idx")),
      ...files.filter((name) => name.endsWith(".idx")),
    ];
    const target = await this.#made(draft);
    for (const name of inOrder) await rename(join(packs, name), join(target, "objects", "pack", name));
    return target;
  }

  /** Only removes and adds refs of objects that it has. */
  async say(refs: Refs): Promise<void> {
    await replaceFile(join(this.directory, "packed-refs"), formatPackedRefs(refs.list));
    await replaceFile(join(this.directory, "HEAD"), headOf(refs));
  }

  /** @returns the mirror's directory, made as an empty repository if there is none yet. */
  async #made(draft: Draft): Promise<string> {
    if (await this.exists()) return this.directory;
    await using made = new Draft(join(this.#parent, `${FETCH_PREFIX}${randomUUID()}`));
    const empty = made.directory;
    await mkdir(join(empty, "objects", "pack"), { recursive: true, mode: 0o700 });
    await mkdir(join(empty, "objects", "info"));
    await mkdir(join(empty, "refs"));
    for (const file of ["config", "HEAD"]) {
      await writeFile(join(empty, file), await readFile(join(draft.directory, file)));
    }
    try {
      await rename(empty, this.directory);
    } catch (error) {
      // Another node was faster.
      if (!(await this.exists())) throw error;
    }
    return this.directory;
  }

  async #removeLeft(isAlone: boolean): Promise<void> {
    for (const name of await readdir(this.#parent)) {
      if (!name.startsWith(FETCH_PREFIX)) continue;
      const path = join(this.#parent, name);
      if (IN_USE.has(path)) continue;
      const found = await stat(path).catch(() => undefined);
      if (found === undefined || (!isAlone && Date.now() - found.mtimeMs < LEFT_AFTER_MS)) continue;
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** A repository for one fetch. */
export class Draft {
  /** Absolute; also the git directory. */
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
    IN_USE.add(directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    IN_USE.delete(this.directory);
  }
}

function headOf({ head, headCommit }: Refs): string {
  if (head !== null) return `ref: ${head}\n`;
  return headCommit === null ? "ref: refs/heads/main\n" : `${headCommit}\n`;
}

async function replaceFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { flush: true });
  await rename(draft, path);
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}

export function tips(refs: readonly Ref[]): string[] {
  return [...new Set(refs.map(({ hash }) => hash))];
}
