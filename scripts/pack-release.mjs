/*
 * `pnpm pack:release [DIRECTORY]`: the packages that are published, as npm's tarballs: `trunkline` (server, UI and command
 * line) and the libraries `@trunkline/contract` and `@trunkline/client`.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BootstrapError, bootstrap, root } from "./bootstrap.mjs";
import { dataFiles, reachableFiles, readPackage, writeSources } from "./release/sources.mjs";
import { writeManifest } from "./release/package-file.mjs";
import { copyUi } from "./release/ui.mjs";
import { copyDependencies } from "./release/dependencies.mjs";
import { releaseManifest } from "./release/manifest.mjs";
import { step } from "./step.mjs";

const destination = resolve(process.argv[2] ?? join(root, "dist"));
const staging = mkdtempSync(join(tmpdir(), "trunkline-release-"));
process.once("exit", () => rmSync(staging, { recursive: true, force: true }));

try {
  const env = { ...(await bootstrap()), TURBO_TELEMETRY_DISABLED: "1", NEXT_TELEMETRY_DISABLED: "1" };
  const turbo = join(root, "node_modules", ".bin", "turbo");
  await run("Building the web UI", turbo, ["run", "build", "--filter=@trunkline/web"], root);
  stage();
  mkdirSync(destination, { recursive: true });
  await run("Packing trunkline", "npm", ["pack", "--pack-destination", destination], staging);
  for (const name of ["contract", "client"]) {
    const directory = join(root, "packages", name);
    await run(`Packing @trunkline/${name}`, "pnpm", ["pack", "--pack-destination", destination], directory);
  }
  process.stdout.write(`${destination}\n`);

  /**
   * @param {string} title
   * @param {string} command
   * @param {string[]} args
   * @param {string} cwd
   */
  async function run(title, command, args, cwd) {
    const { ok } = await step(title, command, args, { cwd, env });
    if (!ok) throw new BootstrapError(`${title} failed.`);
  }
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/** The workspace's packages lie in the tarball as npm would have installed them. */
function stage() {
  const nodeModules = join(staging, "node_modules");
  const packages = ["apps/cli", "apps/server", "packages/client", "packages/contract"].map((directory) =>
    readPackage(join(root, directory)),
  );
  const cli = join(root, "apps", "cli");
  const files = reachableFiles([join(cli, "bin", "trunkline.mjs"), join(cli, "src", "main.ts")], packages);
  for (const file of dataFiles(files)) files.add(file);
  for (const each of packages) writeSources(each, files, join(nodeModules, each.name));

  copyUi(join(root, "apps", "web"), join(nodeModules, "@trunkline", "web"));
  const wanted = packages.flatMap(({ manifest, directory }) =>
    Object.keys(manifest.dependencies ?? {})
      .filter((name) => !name.startsWith("@trunkline/"))
      .map((name) => ({ name, user: directory })),
  );
  const brought = copyDependencies(wanted, nodeModules);

  mkdirSync(join(staging, "bin"));
  writeFileSync(
    join(staging, "bin", "trunkline.mjs"),
    '#!/usr/bin/env node\nimport "../node_modules/@trunkline/cli/bin/trunkline.mjs";\n',
    { mode: 0o755 },
  );
  for (const file of ["LICENSE", "DEPLOYMENT.md"]) cpSync(join(root, file), join(staging, file));
  cpSync(join(root, "scripts", "release", "README.md"), join(staging, "README.md"));
  const manifest = releaseManifest({
    version: packages[0]?.manifest.version ?? "",
    bundled: {
      ...Object.fromEntries(
        [...packages.map(({ name }) => name), "@trunkline/web"].map((name) => [name, "*"]),
      ),
      ...brought,
    },
    catalog: readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"),
  });
  writeManifest(staging, manifest);
}
