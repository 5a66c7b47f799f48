/**
 * @param log the last lines of a server that exited during its start
 * @returns the problem and what to do, if known; otherwise the log itself
 */
export function explainStart(log: string): string {
  // Where it could not listen, it names the variable (main.ts); here there is an option as well.
  const [, problem, variable] = /^trunkline: (.+ Choose .+): TRUNKLINE_(PORT|HOST)$/m.exec(log) ?? [];
  if (problem === undefined) return `The end of its log:\n${log}`;
  return variable === "PORT"
    ? `${problem}: --port N or TRUNKLINE_PORT.`
    : `${problem}: --host ADDRESS or TRUNKLINE_HOST.`;
}
