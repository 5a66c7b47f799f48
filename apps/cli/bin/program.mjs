import { findBundle } from "../../server/bin/find-bundle.mjs";

/** What runs in a checkout. The published package has a file of its own in this one's place. */
export const program = () => findBundle("trunkline") ?? new URL("../src/main.ts", import.meta.url).href;
