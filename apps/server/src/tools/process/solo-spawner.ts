import type { RunningProcess, Spawner } from "../port.ts";

/** Interval at which a running command rechecks that the server has one user, in ms. */
const LOOK_MS = 500;

/**
 * Runs commands on the bare machine for a single user only: they can access whatever the server can, including its
 * database and tokens, so with several users each could read the others' data. Running commands are ended as soon as
 * there is a second user.
 * @param isShared checked before each command and while it runs.
 * @param reason why there is no sandbox.
 */
export function soloSpawner(spawner: Spawner, isShared: () => Promise<boolean>, reason: string): Spawner {
  return {
    isSandboxed: spawner.isSandboxed,
    async spawn(request) {
      const refusal = `commands do not run on this server: ${refusedBecause(reason)}`;
      if (await isShared()) throw new Error(`C${refusal.slice(1)}`);
      return new SoloProcess(await spawner.spawn(request), isShared, refusal);
    },
  };
}

/** @returns why commands are refused while the server has several users. */
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

  get stdin() {
    return this.#process.stdin;
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
    // If it can't be determined, assume the worst.
    const mustEnd = await isShared().catch(() => true);
    if (!mustEnd || this.#ending !== undefined) return;
    this.#refusal = refusal;
    await this.end();
  }
}
