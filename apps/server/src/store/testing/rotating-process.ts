/** Rotates the key of a data directory, and tells its parent of each value. To be forked with the directory. */
import { rotateKey } from "../../rotate-key.ts";

const [dataDir = ""] = process.argv.slice(2);
process.once("disconnect", () => process.exit());
const place = { dataDir, sharedDir: dataDir, databaseUrl: undefined, keyFile: undefined };
await rotateKey({ ...place, onProgress: (done) => process.send?.(done) });
process.disconnect?.();
