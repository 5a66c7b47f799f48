/** What other programs call what ours do. */
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

/** @returns a command that the user may have meant, never one that stops the server; null where none is close. */
export function suggestCommand(typed: string, names: readonly string[]): string | null {
  const word = typed.toLowerCase();
  const synonym = SYNONYMS[word];
  if (synonym !== undefined) return synonym;
  return names.find((name) => name !== "stop" && isOneSlipAway(word, name)) ?? null;
}

/** One letter more, less or other, or two in the wrong order; a guess that goes further names anything. */
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
