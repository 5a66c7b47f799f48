import { fileURLToPath } from "node:url";
import { findBundle } from "../../server/bin/find-bundle.mjs";

/** What runs in a checkout. The published package has a file of its own in this one's place. */
export function program() {
  const dist = fileURLToPath(new URL("../dist", import.meta.url));
  return findBundle(dist, "trunkline") ?? new URL("../src/main.ts", import.meta.url).href;
}
