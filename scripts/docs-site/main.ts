import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildSite } from "./build-site.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "dist/docs" },
    /** Where the sources can be read, such as https://git.example.com/trunkline/blob/main. */
    source: { type: "string" },
  },
});
const target = resolve(ROOT, values.out);
await rm(target, { recursive: true, force: true });
const files = await buildSite(ROOT, target, values.source);
console.log(`${files.length} files in ${target}; open ${target}/index.html`);
