/*
 * `pnpm pack:release [DIRECTORY]`: the packages that are published, as npm's tarballs: `trunkline` (server, UI and command
 * line) and the libraries `@trunkline/contract` and `@trunkline/client`.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BootstrapError, bootstrap, root } from "./bootstrap.mjs";
import { readManifest, writeManifest } from "./release/package-file.mjs";
import { copyUi } from "./release/ui.mjs";
import { copyApiDocs } from "./release/api-docs.mjs";
import { releaseManifest } from "./release/manifest.mjs";
import { step } from "./step.mjs";

const destination = resolve(process.argv[2] ?? join(root, "dist"));
const staging = mkdtempSync(join(tmpdir(), "trunkline-release-"));
process.once("exit", () => rmSync(staging, { recursive: true, force: true }));

try {
  const env = { ...(await bootstrap()), TURBO_TELEMETRY_DISABLED: "1", NEXT_TELEMETRY_DISABLED: "1" };
  const turbo = join(root, "node_modules", ".bin", "turbo");
  await run("Building the web UI", turbo, ["run", "build", "--filter=@trunkline/web"], root);
  const bundler = join(root, "scripts", "bundle", "for-release.ts");
  await run("Bundling the server and the command line", "node", [bundler, staging], root);
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

/** What lies in the tarball beside the bundle. */
function stage() {
  const cli = join(root, "apps", "cli");
  const nodeModules = join(staging, "node_modules");
  copyUi(join(root, "apps", "web"), join(nodeModules, "@trunkline", "web"));
  const apiDocs = copyApiDocs(join(root, "apps", "server"), nodeModules);

  cpSync(join(cli, "bin"), join(staging, "bin"), { recursive: true });
  writeFileSync(
    join(staging, "bin", "program.mjs"),
    'export const program = () => new URL("../dist/trunkline.js", import.meta.url).href;\n',
  );
  for (const file of ["LICENSE", "DEPLOYMENT.md"]) cpSync(join(root, file), join(staging, file));
  cpSync(join(root, "scripts", "release", "README.md"), join(staging, "README.md"));
  const manifest = releaseManifest({
    version: readManifest(cli).version,
    bundled: { "@trunkline/web": "*", ...apiDocs },
    catalog: readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"),
  });
  writeManifest(staging, manifest);
}
