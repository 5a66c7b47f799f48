import type { FormValue } from "@trunkline/contract";

/** What is in a form's fields, as it was typed and chosen. */
export type Typed = Readonly<Record<string, FormValue>>;

/** @param kept what was typed before the page was loaded again; anything else counts as nothing. */
export function typedFrom(kept: string): Typed {
  try {
    const typed: unknown = JSON.parse(kept);
    return typeof typed === "object" && typed !== null && !Array.isArray(typed) ? (typed as Typed) : {};
  } catch {
    return {};
  }
}
