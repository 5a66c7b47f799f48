/** Where directories of sessions and projects are, below the shared directory. */
export interface SharedPlace {
  name: string;
  /** What a name in there is the id of; null: of runs that are gone, whoever's. */
  of: "session" | "project" | null;
  suffix?: string;
}

export const SHARED_PLACES: readonly SharedPlace[] = [
  { name: "workspaces", of: "session" },
  { name: "workspaces/.preparing", of: null },
  { name: "checkpoints", of: "session" },
  { name: "publications", of: "session", suffix: ".git" },
  { name: "agents", of: "session" },
  { name: "projects", of: "project" },
];

const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** @returns whose directory this name in a place is; null: it isn't one of ours */
export function idIn({ suffix = "" }: SharedPlace, name: string): string | null {
  if (!name.endsWith(suffix)) return null;
  const id = name.slice(0, name.length - suffix.length);
  return ID.test(id) ? id : null;
}
