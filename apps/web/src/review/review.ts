import { createStore, type StoreApi } from "zustand/vanilla";
import type { DiffLine } from "../changes/parse-diff.ts";
import { keepText, keptTextKeys, readText } from "../text/kept-text.ts";
import { randomKey } from "../text/random-key.ts";
import { MAX_COMMENTED_LINES, type ReviewComment } from "./review-comment.ts";
import { ownName } from "../navigation/base-path.ts";

const CHANNEL = ownName("trunkline:review");

/**
 * The unsent comments on a session's changes, and what is being written. Stored in the browser, one by one, until they
 * are sent: they survive reloads and sign-out, and are the same in all tabs.
 */
export class Review {
  /** In the order in which they were begun. */
  readonly comments: StoreApi<readonly ReviewComment[]> = createStore<readonly ReviewComment[]>(() => []);
  readonly #prefix: string;
  readonly #others: BroadcastChannel;
  readonly #tell: () => void;
  /** Ids whose last change is not stored yet. */
  readonly #storing = new Map<string, number>();

  constructor(sessionId: string) {
    this.#prefix = `trunkline:review:${sessionId}:`;
    this.#others = new BroadcastChannel(CHANNEL);
    this.#others.addEventListener("message", (event) => {
      if (event.data === sessionId) void this.#read();
    });
    this.#tell = () => this.#others.postMessage(sessionId);
    void this.#read();
  }

  /** Ends hearing of other tabs. */
  close(): void {
    this.#others.close();
  }

  /** Begins a comment. @returns its id */
  begin(path: string, lines: readonly DiffLine[]): string {
    const id = randomKey();
    const quoted = lines.slice(0, MAX_COMMENTED_LINES);
    this.#put({ id, path, lines: quoted, text: "", editing: "", createdAt: Date.now() });
    return id;
  }

  edit(id: string): void {
    this.#change(id, (comment) => ({ ...comment, editing: comment.editing ?? comment.text }));
  }

  write(id: string, editing: string): void {
    this.#change(id, (comment) => ({ ...comment, editing }));
  }

  save(id: string): void {
    this.#change(id, (comment) => ({
      ...comment,
      text: (comment.editing ?? comment.text).trim(),
      editing: null,
    }));
  }

  /** Discards what is being written. */
  cancel(id: string): void {
    const comment = this.#find(id);
    if (comment === undefined) return;
    if (comment.text === "") this.remove(id);
    else this.#put({ ...comment, editing: null });
  }

  remove(...ids: readonly string[]): void {
    this.comments.setState((comments) => comments.filter(({ id }) => !ids.includes(id)), true);
    void Promise.all(ids.map((id) => this.#keep(id, null))).then(this.#tell);
  }

  #find(id: string): ReviewComment | undefined {
    return this.comments.getState().find((comment) => comment.id === id);
  }

  #change(id: string, next: (comment: ReviewComment) => ReviewComment): void {
    const comment = this.#find(id);
    if (comment !== undefined) this.#put(next(comment));
  }

  #put(comment: ReviewComment): void {
    this.comments.setState((comments) => {
      const others = comments.filter(({ id }) => id !== comment.id);
      return [...others, comment].toSorted(inOrder);
    }, true);
    void this.#keep(comment.id, { text: JSON.stringify(comment) }).then(this.#tell);
  }

  async #keep(id: string, value: { text: string } | null): Promise<void> {
    this.#storing.set(id, (this.#storing.get(id) ?? 0) + 1);
    await keepText(this.#prefix + id, value);
    const left = (this.#storing.get(id) ?? 1) - 1;
    if (left === 0) this.#storing.delete(id);
    else this.#storing.set(id, left);
  }

  async #read(): Promise<void> {
    const keys = await keptTextKeys(this.#prefix);
    const stored = await Promise.all(keys.map(async (key) => commentOf(await readText(key))));
    this.comments.setState((known) => {
      // What is being written or stored here is newer than what was read.
      const own = known.filter(({ id, editing }) => editing !== null || this.#storing.has(id));
      const ids = new Set([...own.map(({ id }) => id), ...this.#storing.keys()]);
      const others = stored.filter((comment) => comment !== null).filter(({ id }) => !ids.has(id));
      return [...own, ...others].toSorted(inOrder);
    }, true);
  }
}

const inOrder = (a: ReviewComment, b: ReviewComment): number =>
  a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);

function commentOf(stored: unknown): ReviewComment | null {
  const { text } = (stored ?? {}) as { text?: unknown };
  if (typeof text !== "string") return null;
  try {
    const comment = JSON.parse(text) as Partial<ReviewComment> | null;
    const isWhole = typeof comment?.id === "string" && Array.isArray(comment.lines);
    return isWhole ? (comment as ReviewComment) : null;
  } catch {
    return null;
  }
}
