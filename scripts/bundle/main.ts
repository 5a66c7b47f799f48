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
import { bundle, COMMAND_LINE, SERVER } from "./bundle.ts";

/** A server that runs may still load parts of an older one. */
const KEPT = 5;
/** What was begun so long ago (in ms) was killed. */
const ABANDONED_MS = 10 * 60_000;

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

const PROGRAMS = [SERVER, COMMAND_LINE];
/** In the server's package: packages with a binary are found from there. */
const dist = join(root, SERVER.app, "dist");

if (PROGRAMS.some(({ name }) => findBundle(name) === null)) await bundleInPlace();

async function bundleInPlace(): Promise<void> {
  const startedAt = Date.now();
  mkdirSync(dist, { recursive: true });
  const directory = mkdtempSync(join(dist, "new-"));
  try {
    const { sources } = await bundle(PROGRAMS, { root, directory });
    const inputs = [...sources, ...settings()].map((file) => {
      const { mtimeMs, size } = statSync(file);
      return [relative(dist, file), mtimeMs, size] as const;
    });
    // Nobody knows which version of such a file was read.
    if (inputs.some(([, mtimeMs]) => mtimeMs >= startedAt)) return;
    const name = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 12);
    const place = join(dist, name);
    // Another run may have been faster.
    if (!existsSync(place)) renameSync(directory, place);
    const list = `${directory}.json`;
    writeFileSync(list, JSON.stringify({ directory: name, inputs }));
    renameSync(list, join(dist, "current.json"));
    removeOld(name);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What else decides about a bundle: versions of the libraries, and how it is made. */
function settings(): string[] {
  const here = import.meta.dirname;
  return [
    join(root, "pnpm-lock.yaml"),
    ...PROGRAMS.map(({ app }) => join(root, app, "package.json")),
    ...readdirSync(here).map((name) => join(here, name)),
  ];
}

function removeOld(current: string): void {
  const entries = readdirSync(dist).flatMap((name) => {
    const path = join(dist, name);
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    // Undefined where another run was faster.
    return madeAt === undefined ? [] : [{ name, path, madeAt }];
  });
  const bundles = entries
    .filter(({ name }) => /^[0-9a-f]{12}$/.test(name) && name !== current)
    .toSorted((a, b) => b.madeAt - a.madeAt);
  const abandoned = entries.filter(
    ({ name, madeAt }) => name.startsWith("new-") && madeAt < Date.now() - ABANDONED_MS,
  );
  for (const { path } of [...bundles.slice(KEPT - 1), ...abandoned]) {
    rmSync(path, { recursive: true, force: true });
  }
}
