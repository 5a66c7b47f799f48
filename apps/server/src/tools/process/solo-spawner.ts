import type { RunningProcess, Spawner } from "./spawner.ts";

/** How often it is looked whether the server is still one person's while a command runs, in ms. */
const LOOK_MS = 500;

/**
 * Runs commands on the bare machine for one person alone: there they read and write whatever the server can, so each of
 * several could read what is the others', the database and its tokens included. As soon as there is a second person, what
 * runs is ended.
 * @param isShared asked before each command and while it runs, as users come and go.
 * @param reason why there is no sandbox.
 */
export function soloSpawner(spawner: Spawner, isShared: () => Promise<boolean>, reason: string): Spawner {
  return {
    reach: spawner.reach,
    async spawn(request) {
      const refusal = `commands do not run on this server: ${refusedBecause(reason)}`;
      if (await isShared()) throw new Error(`C${refusal.slice(1)}`);
      return new SoloProcess(await spawner.spawn(request), isShared, refusal);
    },
  };
}

/** @returns the reason, for people, why commands are refused while the server has several users. */
export function refusedBecause(reason: string): string {
  return `it has more than one user and no sandbox (${reason}), see docs/sandbox.md`;
}

class SoloProcess implements RunningProcess {
  readonly #process: RunningProcess;
  readonly #timer: NodeJS.Timeout;
  #refusal: string | null = null;
  #ending: Promise<number[]> | undefined;

  constructor(process: RunningProcess, isShared: () => Promise<boolean>, refusal: string) {
    this.#process = process;
    this.#timer = setInterval(() => void this.#look(isShared, refusal), LOOK_MS);
  }

  get record() {
    return this.#process.record;
  }

  get exited() {
    return this.#process.exited;
  }

  get limitReached() {
    return this.#refusal ?? this.#process.limitReached;
  }

  end(): Promise<number[]> {
    clearInterval(this.#timer);
    this.#ending ??= this.#process.end();
    return this.#ending;
  }

  async #look(isShared: () => Promise<boolean>, refusal: string): Promise<void> {
    // Where that cannot be told, there is no saying that it is safe.
    const mustEnd = await isShared().catch(() => true);
    if (!mustEnd || this.#ending !== undefined) return;
    this.#refusal = refusal;
    await this.end();
  }
}
