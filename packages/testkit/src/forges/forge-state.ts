/** A request to merge, as the stand-ins keep it, whatever their API calls its parts. */
export interface StandInRequest {
  number: number;
  title: string;
  body: string;
  branch: string;
  base: string;
  draft: boolean;
  state: "open" | "merged" | "closed";
  /** Newest commit of its branch. */
  commit: string;
}

export interface StandInCheck {
  name: string;
  state: "pending" | "passed" | "failed";
  summary?: string;
}

export interface StandInComment {
  author: string;
  text: string;
  /** For a comment on a line. */
  path?: string;
  line?: number;
  resolved?: boolean;
}

/** What a repository of a stand-in holds. Tests change it as people and CI would. */
export interface ForgeState {
  /** With its groups, e.g. `octo/demo`. */
  repository: string;
  token: string;
  /** The commit that a branch has; null: no such branch, and so nothing to merge. */
  head: (branch: string) => Promise<string | null>;
  requests: StandInRequest[];
  /** Of any commit. */
  checks: StandInCheck[];
  comments: StandInComment[];
}

/** Of the n-th thing that was said or done, ISO 8601: they come in order. */
export function timeOf(index: number): string {
  return new Date(Date.UTC(2026, 0, 2, 3, 4, index)).toISOString().replace(".000Z", "Z");
}

/** A page of a list. */
export function pageOf<T>(items: readonly T[], query: URLSearchParams, size: string, cap = 100): T[] {
  const limit = Math.min(Number(query.get(size) ?? 30), cap);
  const page = Number(query.get("page") ?? 1);
  return items.slice((page - 1) * limit, page * limit);
}

/** Each with its place in the whole list, which its id is made of. */
export function withIndex<T>(items: readonly T[]): { item: T; index: number }[] {
  return items.map((item, index) => ({ item, index }));
}
