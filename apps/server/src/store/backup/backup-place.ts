import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeId, readId } from "../../common/id-file.ts";
import { BackupError } from "./backup-error.ts";
import { readManifest } from "./manifest.ts";

/** Holds who makes the backups. In none of them: what is restored elsewhere is another installation. */
export const INSTALLATION_FILE = "trunkline-installation";
/** Holds the directory in which this installation has backups. */
export const PLACE_FILE = "trunkline-backups";

export interface OwnBackup {
  path: string;
  createdAt: number;
}

/** A directory for backups of one installation, in which others may have theirs. */
export class BackupPlace {
  readonly directory: string;
  readonly installation: string;
  readonly #record: string;
  readonly #name: RegExp;
  readonly #partial: RegExp;

  private constructor(options: { directory: string; sharedDir: string; installation: string }) {
    const { directory, sharedDir, installation } = options;
    this.directory = resolve(directory);
    this.installation = installation;
    this.#record = join(sharedDir, PLACE_FILE);
    const stamp = String.raw`^trunkline-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ`;
    const own = `-${RegExp.escape(shortened(installation))}`;
    this.#name = new RegExp(`${stamp}${own}$`);
    // Those of an earlier version are named by the time alone.
    this.#partial = new RegExp(String.raw`${stamp}(?:${own})?\.partial-$`);
  }

  /** @param options.sharedDir where the installation keeps its files */
  static async open({
    directory,
    sharedDir,
  }: {
    directory: string;
    sharedDir: string;
  }): Promise<BackupPlace> {
    const file = join(sharedDir, INSTALLATION_FILE);
    const installation = (await readId(file)) ?? (await makeId(file));
    return new BackupPlace({ directory, sharedDir, installation });
  }

  /** @param at ms since the epoch */
  pathOf(at: number): string {
    const stamp = new Date(at).toISOString().replaceAll(":", "-").replace(/\.\d+/, "");
    return join(this.directory, `trunkline-${stamp}-${shortened(this.installation)}`);
  }

  /** Whether it is the beginning of the name of one that this installation had begun. */
  isPartial(prefix: string): boolean {
    return this.#partial.test(prefix);
  }

  /**
   * The whole ones that this installation has made, newest first. The directory is made where there is none yet.
   * @throws BackupError where all of them are gone: what is mounted there otherwise is not, or somebody has removed them
   */
  async own(): Promise<OwnBackup[]> {
    const found = await this.#find();
    const known = await readFile(this.#record, "utf8").catch(unlessMissing);
    const isKnown = known?.trimEnd() === this.directory;
    if (found.length > 0) {
      if (!isKnown) await writeFile(this.#record, `${this.directory}\n`, { mode: 0o600, flush: true });
    } else if (isKnown) {
      throw new BackupError(
        `${this.directory} has none of the backups any more that this server has made there, so nothing is written to it: ` +
          `mount what they are on. If they are gone for good, remove ${this.#record} to begin anew`,
      );
    } else await mkdir(this.directory, { recursive: true, mode: 0o700 });
    return found.toSorted((a, b) => b.createdAt - a.createdAt);
  }

  async #find(): Promise<OwnBackup[]> {
    const found: OwnBackup[] = [];
    for (const name of (await readdir(this.directory).catch(unlessMissing)) ?? []) {
      if (!this.#name.test(name)) continue;
      const path = join(this.directory, name);
      const manifest = await readManifest(path).catch(() => null);
      if (manifest?.installation === this.installation) found.push({ path, createdAt: manifest.createdAt });
    }
    return found;
  }
}

/** Enough to tell those apart whose backups are made in the same second. */
function shortened(installation: string): string {
  return installation.slice(0, 8);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
