import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { MAX_PROMPT_LENGTH } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

export interface PromptSource {
  /** Words of the command line; `-` among them stands for the standard input. */
  words: readonly string[];
  file: string | undefined;
  stdin: NodeJS.ReadStream;
}

/**
 * Puts the prompt together: the words, then the file, then the standard input, with an empty line between. Without
 * words and a file, what is piped in is the prompt.
 *
 * @throws CommandError where that gives no prompt that a server would take
 */
export async function readPrompt({ words, file, stdin }: PromptSource): Promise<string> {
  const spoken = words.filter((word) => word !== "-");
  const piped = spoken.length < words.length || (words.length === 0 && file === undefined && !stdin.isTTY);
  const parts = [
    spoken.join(" "),
    file === undefined ? "" : await readPromptFile(file),
    piped ? await text(stdin) : "",
  ];
  const prompt = parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("\n\n");
  if (prompt === "") {
    throw new CommandError(
      EXIT.usage,
      "There is no prompt: give it as words, with --file, or through a pipe",
    );
  }
  if (prompt.length > MAX_PROMPT_LENGTH) {
    throw new CommandError(
      EXIT.usage,
      `The prompt has ${prompt.length} characters; ${MAX_PROMPT_LENGTH} is the most that a server takes`,
    );
  }
  return prompt;
}

async function readPromptFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(EXIT.usage, `The prompt cannot be read: ${why}`, { cause: error });
  }
}
