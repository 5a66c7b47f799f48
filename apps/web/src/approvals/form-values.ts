import { type FormField, type FormValue, readFormValue } from "@trunkline/contract";

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

/** What a field shows. */
export function shownValue({ name, default: initial }: FormField, typed: Typed): FormValue | undefined {
  return Object.hasOwn(typed, name) ? typed[name] : initial;
}

/** The values to send: fields without anything in them are left out. */
export function valuesOf(fields: readonly FormField[], typed: Typed): Record<string, FormValue> {
  return Object.fromEntries(
    fields.flatMap((field): [string, FormValue][] => {
      const shown = shownValue(field, typed);
      const value = typeof shown === "string" ? readFormValue(field, shown) : shown;
      if (field.type === "boolean") return [[field.name, value ?? false]];
      if (value === undefined || (Array.isArray(value) && value.length === 0 && !field.required)) return [];
      return [[field.name, value]];
    }),
  );
}
