import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { TrunklineError } from "@trunkline/contract";

interface Claim {
  directory: string;
  sessionId: string;
  taskId: string;
}

/**
 * Who works in which directory of a user's: one session at a time, while its task has not ended. Kept as files, so that
 * after a crash a directory belongs to the task that will resume. A claim needs no release: it ends with its task.
 */
export class InPlaceClaims {
  readonly #directory: string;
  readonly #isUnfinished: (taskId: string) => Promise<boolean>;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param directory for the claims; created when it is first needed. */
  constructor(options: { directory: string; isUnfinished: (taskId: string) => Promise<boolean> }) {
    this.#directory = options.directory;
    this.#isUnfinished = options.isUnfinished;
  }

  /** @throws TrunklineError `workspace_busy` while another session works in this directory, in one around or inside it. */
  async claim(claim: Claim): Promise<void> {
    const claimed = this.#turn.then(async () => this.#claim(claim));
    this.#turn = claimed.catch(() => undefined);
    return claimed;
  }

  /**
   * Written before others' are looked at: of two processes that share the directory, each sees the other's or comes after it.
   * Both may be refused then, never neither.
   */
  async #claim(claim: Claim): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const own = join(this.#directory, claim.sessionId);
    const draft = join(this.#directory, `.${randomUUID()}`);
    await writeFile(draft, JSON.stringify(claim), { mode: 0o600 });
    await rename(draft, own);
    try {
      await this.#refuseOverlap(claim);
    } catch (error) {
      await rm(own, { force: true });
      throw error;
    }
  }

  /** @throws TrunklineError `workspace_busy` */
  async #refuseOverlap(claim: Claim): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const other = name === claim.sessionId ? undefined : await this.#read(name);
      if (other === undefined || !overlap(other.directory, claim.directory)) continue;
      if (await this.#isUnfinished(other.taskId)) {
        throw new TrunklineError(
          "workspace_busy",
          `Session ${other.sessionId} works in ${other.directory}. Wait until its task has ended, or stop it; ` +
            "a session with a clone of its own needs no such wait",
        );
      }
    }
  }

  async #read(name: string): Promise<Claim | undefined> {
    if (name.startsWith(".")) return undefined;
    try {
      return JSON.parse(await readFile(join(this.#directory, name), "utf8")) as Claim;
    } catch (error) {
      // Taken back by another process just now.
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }
}

function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}${sep}`) || other.startsWith(`${one}${sep}`);
}
