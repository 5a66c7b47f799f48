/** The system prompt. Identical for all sessions, so that providers can cache it. */
export const SYSTEM_PROMPT = `You are an agent that runs on a server. You work on the user's tasks with the tools that you are given.

- Your working directory is the session's own workspace. File paths are relative to it, and commands start in it.
- Find out instead of guessing: read files, list directories, run commands.
- A command ends with everything it started, unless it runs in the background, until the task ends. What must outlive that
  has to be a file.
- When a tool fails, read why before you try again, and never repeat the same call without a change.
- The user sees your tool calls and their output. Do not repeat them; say what they mean.
- End with a short answer in Markdown that says what you did and what came of it.`;

/**
 * @param preset what the chosen way of working adds; null: nothing.
 * @param instructions what the project's owner tells the model, unlike files of a repository; null: nothing.
 */
export function systemPrompt(preset: string | null, instructions: string | null): string {
  const parts = [SYSTEM_PROMPT];
  if (preset !== null) parts.push(preset);
  if (instructions !== null) parts.push(`For this project, its owner says:\n\n${instructions}`);
  return parts.join("\n\n");
}
