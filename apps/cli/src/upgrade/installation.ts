import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "../terminal/command-line.ts";

/** How this program came to this machine. */
export type Installation =
  | { kind: "global" }
  | { kind: "npx" }
  | { kind: "folder"; directory: string }
  | { kind: "checkout"; directory: string };

const PACKAGE = "trunkline";

/** @param here a file of this program */
export function findInstallation(
  env: Readonly<Record<string, string | undefined>>,
  here: string = fileURLToPath(import.meta.url),
): Installation {
  const inPackage = `/node_modules/${PACKAGE}/`;
  const at = here.indexOf(inPackage);
  if (at === -1) return { kind: "checkout", directory: checkoutOf(here) };
  const directory = here.slice(0, at);
  if (/\/_npx\/[^/]+$/.test(directory) || env["npm_lifecycle_event"] === "npx") return { kind: "npx" };
  // A global folder is nobody's project.
  return existsSync(join(directory, "package.json")) ? { kind: "folder", directory } : { kind: "global" };
}

function checkoutOf(file: string): string {
  for (let at = dirname(file); at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, "pnpm-workspace.yaml"))) return at;
  }
  return dirname(file);
}

/** The lines, for a shell, that install that version in place of this one. */
export function installLine(installation: Installation, version: string): string[] {
  const wanted = `${PACKAGE}@${version}`;
  switch (installation.kind) {
    case "global":
      return [commandLine(["npm", "install", "--global", wanted])];
    case "npx":
      return [commandLine(["npx", wanted, "--version"])];
    case "folder":
      return [commandLine(["npm", "install", "--prefix", installation.directory, wanted])];
    case "checkout":
      return [commandLine(["git", "-C", installation.directory, "pull"])];
  }
}

/**
 * The line, for a shell, that installs what a newer checkout needs and starts its server.
 * @param dataDir as given on the command line
 * @returns null where the newer version starts like this one
 */
export function startLine(installation: Installation, dataDir: string | undefined): string | null {
  if (installation.kind !== "checkout") return null;
  const variable = dataDir === undefined ? [] : ["env", `TRUNKLINE_DATA_DIR=${dataDir}`];
  return commandLine([...variable, "npm", "--prefix", installation.directory, "start"]);
}
