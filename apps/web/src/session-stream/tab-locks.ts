/** What the tabs of a browser use of its locks (W3C Web Locks). */
export interface TabLocks {
  request<T>(
    name: string,
    options: { ifAvailable?: boolean; steal?: boolean; signal?: AbortSignal },
    callback: (lock: object | null) => Promise<T> | undefined,
  ): Promise<T | undefined>;
}

/** The browser's own locks; on plain HTTP from another machine, which has none, what stands in for them. */
export async function tabLocks(): Promise<TabLocks> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks as TabLocks | undefined;
  return locks ?? new (await import("./channel-locks.ts")).ChannelLocks();
}
