/*
 * Bundles the server and the command line for the programs in apps/ (bin), which run their sources wherever there is no bundle
 * of exactly these. It takes a second, and nothing if nothing has changed since.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { findBundle } from "../../apps/server/bin/find-bundle.mjs";
import { bundle, COMMAND_LINE, type Program, SERVER } from "./bundle.ts";

/** A server that runs may still load parts of an older one. */
const KEPT = 5;

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

await Promise.all([SERVER, COMMAND_LINE].map(bundleInPlace));

async function bundleInPlace(program: Program): Promise<void> {
  const dist = join(root, program.app, "dist");
  if (findBundle(dist, program.name) !== null) return;
  mkdirSync(dist, { recursive: true });
  const directory = mkdtempSync(join(dist, "new-"));
  try {
    const { sources } = await bundle(program, { root, directory });
    const inputs = [...sources, ...settings(program)].map((file) => {
      const { mtimeMs, size } = statSync(file);
      return [relative(dist, file), mtimeMs, size] as const;
    });
    const name = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 12);
    const place = join(dist, name);
    // Another run may have been faster.
    if (!existsSync(place)) renameSync(directory, place);
    const list = join(dist, `${name}.json`);
    writeFileSync(`${list}.new`, JSON.stringify({ directory: name, inputs }));
    renameSync(`${list}.new`, join(dist, "current.json"));
    removeOld(dist, name);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What else decides about a bundle: versions of the libraries, and how it is made. */
function settings({ app }: Program): string[] {
  const here = import.meta.dirname;
  return [
    join(root, "pnpm-lock.yaml"),
    join(root, app, "package.json"),
    ...readdirSync(here).map((name) => join(here, name)),
  ];
}

function removeOld(dist: string, current: string): void {
  const bundles = readdirSync(dist, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{12}$/.test(entry.name) && entry.name !== current)
    .map(({ name }) => ({ path: join(dist, name), madeAt: statSync(join(dist, name)).mtimeMs }))
    .toSorted((a, b) => b.madeAt - a.madeAt);
  for (const { path } of bundles.slice(KEPT - 1)) rmSync(path, { recursive: true, force: true });
}
