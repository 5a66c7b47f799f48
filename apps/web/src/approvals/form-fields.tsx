import type { FormField, FormValue } from "@trunkline/contract";
import { revealHidden } from "../text/reveal-hidden.ts";

const FIELD =
  "w-full rounded-md border border-line-strong bg-background px-2.5 py-1 text-sm outline-none focus:border-accent aria-invalid:border-failed max-md:text-[16px]";

const INPUT_TYPES = { email: "email", uri: "url", date: "date", "date-time": "text" } as const;

interface FieldProps {
  field: FormField;
  value: FormValue | undefined;
  problem: string | null;
  isOff: boolean;
  change: (value: FormValue) => void;
}

/** A field of a form that an MCP server asks to fill in. */
export function Field({ field, value, problem, isOff, change }: FieldProps) {
  const { name, title, description, required, type } = field;
  const label = revealHidden(title ?? name);
  const about = problem ?? description;
  return (
    <div className="text-sm">
      {type === "boolean" ? (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-1"
            disabled={isOff}
            checked={value === true}
            onChange={(event) => change(event.target.checked)}
          />
          <span className="min-w-0 break-words">{label}</span>
        </label>
      ) : (
        <label className="block">
          <span className="block break-words">
            {label}
            {!required && <span className="text-faint"> (optional)</span>}
          </span>
          {field.multiple !== true && (
            <Input field={field} value={value} problem={problem} isOff={isOff} change={change} />
          )}
        </label>
      )}
      {field.multiple === true && (
        <Choices field={field} value={value} problem={problem} isOff={isOff} change={change} />
      )}
      {about !== undefined && (
        <p className={`text-xs break-words ${problem === null ? "text-muted" : "text-failed"}`}>
          {revealHidden(about)}
        </p>
      )}
    </div>
  );
}

function Input({ field, value, problem, isOff, change }: FieldProps) {
  const { type, options = [], required, format } = field;
  const shared = {
    disabled: isOff,
    "aria-invalid": problem !== null,
    value: typeof value === "string" || typeof value === "number" ? value : "",
  };
  if (type === "choice") {
    return (
      <select {...shared} className={FIELD} onChange={(event) => change(event.target.value)}>
        {(!required || shared.value === "") && <option value="">—</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {revealHidden(option.label)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      {...shared}
      dir="auto"
      autoComplete="off"
      type={format === undefined ? "text" : INPUT_TYPES[format]}
      inputMode={type === "text" ? undefined : type === "integer" ? "numeric" : "decimal"}
      maxLength={20_000}
      className={FIELD}
      onChange={(event) => change(event.target.value)}
    />
  );
}

function Choices({ field, value, isOff, change }: FieldProps) {
  const chosen = Array.isArray(value) ? value : [];
  return (
    <fieldset aria-label={field.title ?? field.name} className="flex flex-wrap gap-x-4 gap-y-1">
      {(field.options ?? []).map((option) => (
        <label key={option.value} className="flex items-center gap-2">
          <input
            type="checkbox"
            disabled={isOff}
            checked={chosen.includes(option.value)}
            onChange={({ target }) =>
              change(
                target.checked ? [...chosen, option.value] : chosen.filter((one) => one !== option.value),
              )
            }
          />
          {revealHidden(option.label)}
        </label>
      ))}
    </fieldset>
  );
}
