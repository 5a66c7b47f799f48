import { access, constants, realpath, stat } from "node:fs/promises";
import { isAbsolute, sep } from "node:path";
import { fileProblem } from "../file-problem.ts";
import type { Finding } from "./finding.ts";

/** Each directory that `TRUNKLINE_PROJECT_ROOTS` names in this shell. Nothing where it is not set. */
export async function checkProjectRoots(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const paths = (env["TRUNKLINE_PROJECT_ROOTS"] ?? "").split(":").map((path) => path.trim());
  return Promise.all(paths.filter((path) => path !== "").map(async (path) => checkRoot(path, dataDir)));
}

async function checkRoot(path: string, dataDir: string): Promise<Finding> {
  if (!isAbsolute(path))
    return finding("warn", `${path} depends on where the server starts: make it absolute`);
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isDirectory()) return finding("fail", `${path} is not a directory`);
    await access(real, constants.R_OK | constants.X_OK);
    const data = await realpath(dataDir).catch(() => dataDir);
    // Workspaces are repositories: everybody's sessions could be projects of everybody.
    if (isBelow(data, real)) {
      return finding(
        "fail",
        `${path} has the data directory in it: name the directories with repositories alone`,
      );
    }
    return finding("ok", real === path ? path : `${path}, which is ${real}`);
  } catch (error) {
    return finding(
      "fail",
      `Can't use ${path}: ${fileProblem(error)}. Fix that, or take it out of TRUNKLINE_PROJECT_ROOTS`,
    );
  }
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}

function finding(level: Finding["level"], message: string): Finding {
  return { check: "project roots", level, message };
}
