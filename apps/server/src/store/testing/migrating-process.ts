/** Migrates a store, and tells its parent of each part. To be forked with two addresses. */
import { migrateStore } from "../transfer/migrate-store.ts";

const [from = "", to = ""] = process.argv.slice(2);
process.once("disconnect", () => process.exit());
const summary = await migrateStore({ from, to, onProgress: (progress) => process.send?.(progress) });
process.send?.(summary);
process.disconnect?.();
