/** Says how to come back to a task that runs on without anybody watching. */
export function describeDetached(
  what: string,
  { sessionId, taskId }: { sessionId: string; taskId?: string },
): string {
  const lines = [what, `  watch it:   trunkline attach ${sessionId}`];
  if (taskId !== undefined) lines.push(`  cancel it:  trunkline cancel ${taskId}`);
  return lines.map((line) => `${line}\n`).join("");
}
