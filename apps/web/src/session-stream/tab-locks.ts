import type { TabLocks } from "./channel-locks.ts";

/** The browser's own locks; on plain HTTP from another machine, which has none, what stands in for them. */
export async function tabLocks(): Promise<TabLocks> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as TabLocks | undefined;
  return locks ?? new (await import("./channel-locks.ts")).ChannelLocks();
}
