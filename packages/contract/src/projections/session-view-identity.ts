import type { SessionView } from "./session-view-state.ts";

/** @returns `next`, reusing the old object for each row and task that did not change. */
export function keepIdentities(previous: SessionView, next: SessionView): SessionView {
  return {
    ...next,
    rows: keep(previous.rows, next.rows, (row) => row.key),
    tasks: keep(previous.tasks, next.tasks, (task) => task.id),
  };
}

function keep<T extends object>(
  previous: readonly T[],
  next: readonly T[],
  keyOf: (item: T) => string,
): readonly T[] {
  const known = new Map(previous.map((item) => [keyOf(item), item]));
  const kept = next.map((item) => {
    const old = known.get(keyOf(item));
    return old !== undefined && isSame(old, item) ? old : item;
  });
  return kept.length === previous.length && kept.every((item, index) => item === previous[index])
    ? previous
    : kept;
}

/** Rows and tasks are plain, acyclic data, shallow except for tool input. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return (
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
  );
}
