/** Says how to get back to a task that runs detached. */
export function describeDetached(
  what: string,
  { sessionId, taskId }: { sessionId: string; taskId?: string },
  command: (...words: string[]) => string,
): string {
  const lines = [what, `  watch it:   ${command("attach", sessionId)}`];
  if (taskId !== undefined) lines.push(`  cancel it:  ${command("cancel", taskId)}`);
  return lines.map((line) => `${line}\n`).join("");
}
