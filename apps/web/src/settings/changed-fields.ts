import { hashKey } from "@tanstack/react-query";

/**
 * What a form saves: what was changed in it. All of it would undo what somebody else saved while it was open.
 *
 * @param start as the form was opened
 */
export function changedFields<T extends object>(start: T, next: T): Partial<T> {
  // Whatever the order of their fields.
  const isChanged = ([name, value]: [string, unknown]): boolean =>
    hashKey([value]) !== hashKey([start[name as keyof T]]);
  return Object.fromEntries(Object.entries(next).filter(isChanged)) as Partial<T>;
}
