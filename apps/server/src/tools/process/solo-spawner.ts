import type { Spawner } from "./spawner.ts";

/**
 * Runs commands on the bare machine for one person alone: there they read and write whatever the server can, so each of
 * several could read what is the others', the database and its tokens included.
 * @param isShared asked before each command, as users come and go while the server runs.
 * @param reason why there is no sandbox.
 */
export function soloSpawner(spawner: Spawner, isShared: () => Promise<boolean>, reason: string): Spawner {
  return {
    reach: spawner.reach,
    async spawn(request) {
      if (await isShared()) throw new Error(`Commands do not run on this server: ${refusedBecause(reason)}`);
      return spawner.spawn(request);
    },
  };
}

/** @returns the reason, for people, why commands are refused while the server has several users. */
export function refusedBecause(reason: string): string {
  return `it has more than one user and no sandbox (${reason}), see docs/sandbox.md`;
}
