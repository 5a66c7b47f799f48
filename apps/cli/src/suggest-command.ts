/** Other programs' names for our commands. */
const SYNONYMS: Readonly<Record<string, string>> = {
  show: "attach",
  watch: "attach",
  view: "attach",
  logs: "attach",
  log: "attach",
  follow: "attach",
  ask: "run",
  exec: "run",
  submit: "run",
  new: "run",
  ls: "sessions",
  list: "sessions",
  ps: "tasks",
  jobs: "tasks",
  queue: "tasks",
  kill: "cancel",
  abort: "cancel",
  rm: "delete",
  remove: "delete",
  mv: "rename",
  find: "search",
  grep: "search",
  start: "serve",
  server: "serve",
  up: "serve",
  status: "doctor",
  check: "doctor",
  allow: "approve",
  deny: "approve",
  reply: "answer",
  branch: "fork",
  signin: "login",
  users: "user",
  tokens: "token",
};

/** @returns the command that the user probably meant, never one that stops the server; null if none is close. */
export function suggestCommand(typed: string, names: readonly string[]): string | null {
  const word = typed.toLowerCase();
  const synonym = SYNONYMS[word];
  if (synonym !== undefined) return synonym;
  return names.find((name) => name !== "stop" && isOneSlipAway(word, name)) ?? null;
}

/** One letter added, missing or wrong, or two swapped; looser matching suggests anything. */
function isOneSlipAway(word: string, name: string): boolean {
  if (word.length < 2 || Math.abs(word.length - name.length) > 1) return false;
  const at = Array.from(word).findIndex((letter, index) => letter !== name[index]);
  if (at === -1) return true;
  const [restOfWord, restOfName] = [word.slice(at), name.slice(at)];
  return (
    restOfWord.slice(1) === restOfName.slice(1) ||
    restOfWord.slice(1) === restOfName ||
    restOfWord === restOfName.slice(1) ||
    (restOfWord[0] === restOfName[1] &&
      restOfWord[1] === restOfName[0] &&
      restOfWord.slice(2) === restOfName.slice(2))
  );
}
