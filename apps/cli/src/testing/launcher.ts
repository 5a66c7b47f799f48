import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../bin/trunkline.mjs", import.meta.url));

let installed: string | null = null;

/** @returns the command as installed, so that its hints say `trunkline` */
export function installedLauncher(): string {
  if (installed !== null) return installed;
  installed = join(mkdtempSync(join(tmpdir(), "trunkline-bin-")), "trunkline");
  symlinkSync(LAUNCHER, installed);
  return installed;
}
