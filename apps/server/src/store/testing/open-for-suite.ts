import { afterAll, beforeAll } from "vitest";
import type { Store } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";

/** Opens a store for all tests of a suite, each of which has sessions of its own: opening one costs more than any of them. */
export function openForSuite(createHarness: () => Promise<StoreHarness>, use: (store: Store) => void): void {
  let harness: StoreHarness;
  let store: Store;
  beforeAll(async () => {
    harness = await createHarness();
    store = await harness.open();
    use(store);
  });
  afterAll(async () => {
    await store.close();
    await harness[Symbol.asyncDispose]();
  });
}
