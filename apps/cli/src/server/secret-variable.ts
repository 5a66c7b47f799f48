import { readFileSync } from "node:fs";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { present } from "./data-dir.ts";
import { localPath } from "./local-path.ts";

/**
 * Value of a variable, or the content of the file that NAME_FILE names: the server's rule for all secrets.
 *
 * @throws CommandError if that file can't be read
 */
export function secretVariable(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const file = present(env[`${name}_FILE`]);
  const value = present(env[name]);
  if (value !== undefined || file === undefined) return value;
  try {
    return present(readFileSync(localPath(file), "utf8").trim());
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `Can't read ${file}, which ${name}_FILE names: ${fileProblem(error)}.`,
      {
        cause: error,
      },
    );
  }
}
