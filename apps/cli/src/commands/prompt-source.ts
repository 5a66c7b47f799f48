import { MAX_PROMPT_LENGTH } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { localPath } from "../server/local-path.ts";
import { isRedirected, readIfPiped, readText, readTextFile } from "./piped-text.ts";

export interface PromptSource {
  /** Words of the command line; `-` stands for stdin. */
  words: readonly string[];
  file: string | undefined;
  stdin: NodeJS.ReadStream;
  /** Prints a note about the prompt. */
  notify(message: string): void;
}

export const PROMPT_HELP =
  "The prompt is the words, then --file, then piped input. With `-` among the words it waits for the pipe.";

/**
 * Assembles the prompt: words, file and stdin, separated by blank lines.
 *
 * @throws CommandError if the server would not accept the result
 */
export async function readPrompt({ words, file, stdin, notify }: PromptSource): Promise<string> {
  const spoken = words.filter((word) => word !== "-");
  const waits = spoken.length < words.length || (words.length === 0 && file === undefined && !stdin.isTTY);
  const parts = [
    spoken.join(" "),
    file === undefined ? "" : await readTextFile(localPath(file), MAX_PROMPT_LENGTH),
    await pipedPart(stdin, waits, notify),
  ];
  const prompt = parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("\n\n");
  if (prompt === "") {
    throw new CommandError(EXIT.usage, "No prompt. Give it as words, with --file, or through a pipe.");
  }
  if (prompt.length > MAX_PROMPT_LENGTH) {
    const over = (prompt.length - MAX_PROMPT_LENGTH).toLocaleString("en-US");
    throw new CommandError(
      EXIT.usage,
      `The prompt is ${over} characters over the limit of ${MAX_PROMPT_LENGTH.toLocaleString("en-US")}.`,
    );
  }
  return prompt;
}

async function pipedPart(
  stdin: NodeJS.ReadStream,
  waits: boolean,
  notify: PromptSource["notify"],
): Promise<string> {
  if (waits) return await readText(stdin, "The standard input", MAX_PROMPT_LENGTH);
  if (!isRedirected(stdin)) return "";
  const piped = await readIfPiped(stdin, MAX_PROMPT_LENGTH);
  if (piped === null) {
    notify(
      "Nothing was piped in, so the prompt is the words alone. To wait for the pipe, add - to the words.",
    );
  }
  return piped ?? "";
}
