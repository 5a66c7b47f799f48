import { Monitor, Moon, Sun } from "lucide-react";
import { useThemeChoice } from "../theme/use-theme-choice.ts";
import { useIsHydrated } from "../ui/use-is-hydrated.ts";

const THEMES = [
  { value: "system", label: "System", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
];

export function ThemeChoice() {
  const { theme, choose } = useThemeChoice();
  const isHydrated = useIsHydrated();
  // The stored choice is unknown until hydration.
  const chosen = isHydrated ? (theme ?? "system") : "";
  return (
    <div
      role="radiogroup"
      aria-label="Theme"
      className="inline-flex gap-0.5 rounded-lg border border-line bg-surface p-0.5"
    >
      {THEMES.map(({ value, label, icon: Icon }) => (
        <label
          key={value}
          className="relative flex h-7 items-center gap-1.5 rounded-md px-2.5 text-sm text-muted hover:text-text has-checked:bg-background has-checked:text-text has-checked:shadow-[0_0_0_1px_var(--line)]"
        >
          <input
            type="radio"
            name="theme"
            checked={chosen === value}
            onChange={() => choose(value)}
            className="absolute inset-0 cursor-pointer appearance-none rounded-md"
          />
          <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
          {label}
        </label>
      ))}
    </div>
  );
}
