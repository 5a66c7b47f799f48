import { lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../bin/trunkline.mjs", import.meta.url));
/** Of this checkout, so that test files can share it, and nothing is left elsewhere. */
const INSTALLED = fileURLToPath(new URL("../../node_modules/.cache/bin/trunkline", import.meta.url));

/** @returns the command as installed, so that its hints say `trunkline` */
export function installedLauncher(): string {
  if (lstatSync(INSTALLED, { throwIfNoEntry: false }) === undefined) {
    mkdirSync(dirname(INSTALLED), { recursive: true });
    try {
      symlinkSync(relative(dirname(INSTALLED), LAUNCHER), INSTALLED);
    } catch (error) {
      // Another test file was faster.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return INSTALLED;
}
