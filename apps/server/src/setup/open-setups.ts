import { join } from "node:path";
import type { Setups } from "./port.ts";
import { describeImage } from "./image.ts";
import { SetupCache, type SetupCacheDeps } from "./setup-cache.ts";
import { createSetups, type SetupsDeps } from "./setups.ts";

/** Setups of projects whose repositories and kept setups are in the shared directory. */
export async function openSetups(
  options: Omit<SetupsDeps, "cache" | "mirrorOf" | "cacheOf" | "image"> &
    Pick<SetupCacheDeps, "removeDirectory"> & {
      sharedDir: string;
      /** What commands find on this machine. */
      programs: readonly { name: string; path: string }[];
    },
): Promise<Setups> {
  const { sharedDir, programs } = options;
  const place = (name: string) => (projectId: string) => join(sharedDir, "projects", projectId, name);
  return createSetups({
    ...options,
    cache: new SetupCache(options),
    mirrorOf: place("mirror.git"),
    cacheOf: place("setups"),
    image: await describeImage(programs),
  });
}
