/** Reasons in words. One that is not known here yet is shown as it is. */
const WORDS: Readonly<Record<string, string>> = {
  approval: "it waits for an approval",
  budget: "its budget is used up",
  error: "",
  interrupted: "the server stopped",
  orphaned: "the server died under it",
  queued: "",
  "session-deleted": "its session was deleted",
  shutdown: "the server was shut down",
  superseded: "another task took its place",
  user: "",
  "user-removed": "its user was removed",
};

/** @param before what stands in front of the words, where there are any. */
export function reasonWords(reason: string | null, before = ""): string {
  if (reason === null) return "";
  const words = WORDS[reason] ?? reason;
  return words === "" ? "" : `${before}${words}`;
}
