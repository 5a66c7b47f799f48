import type { Spawner } from "../port.ts";

interface LaterSpawner extends Spawner {
  /** Why there is none yet; null: there is one. */
  readonly missing: string | null;
}

/**
 * A sandbox that could not be tried at the start, because the machine was short of something: without the trial nobody knows that it
 * has none, so commands are refused rather than run without it. Each command tries again, until it works.
 * @param open throws why it doesn't work yet
 */
export function laterSpawner(open: () => Promise<Spawner>, reason: string): LaterSpawner {
  let opened: Spawner | null = null;
  let opening: Promise<Spawner> | undefined;
  let missing: string | null = reason;

  async function openOnce(): Promise<Spawner> {
    try {
      opened = await open();
      missing = null;
      return opened;
    } catch (error) {
      missing = error instanceof Error ? error.message : String(error);
      throw new Error(`Commands do not run now, as their sandbox cannot be set up: ${missing}`, {
        cause: error,
      });
    } finally {
      opening = undefined;
    }
  }

  return {
    isSandboxed: true,
    get missing() {
      return missing;
    },
    async spawn(request) {
      const spawner = opened ?? (await (opening ??= openOnce()));
      return spawner.spawn(request);
    },
  };
}
