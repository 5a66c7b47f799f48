import { type FormField, type FormValue, readFormValue } from "@trunkline/contract";
import type { Typed } from "./typed-form.ts";

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
