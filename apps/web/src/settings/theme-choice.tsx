import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { ToggleGroup } from "radix-ui";
import { useIsHydrated } from "../ui/use-is-hydrated.ts";

const THEMES = [
  { value: "system", label: "System", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
];

export function ThemeChoice() {
  const { theme, setTheme } = useTheme();
  const isHydrated = useIsHydrated();
  return (
    <ToggleGroup.Root
      type="single"
      aria-label="Theme"
      // The stored choice is unknown until hydration.
      value={isHydrated ? (theme ?? "system") : ""}
      onValueChange={(next) => {
        if (next !== "") setTheme(next);
      }}
      className="inline-flex gap-0.5 rounded-lg border border-line bg-surface p-0.5"
    >
      {THEMES.map(({ value, label, icon: Icon }) => (
        <ToggleGroup.Item
          key={value}
          value={value}
          className="flex h-7 items-center gap-1.5 rounded-md px-2.5 text-sm text-muted hover:text-text data-[state=on]:bg-background data-[state=on]:text-text data-[state=on]:shadow-[0_0_0_1px_var(--line)]"
        >
          <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
          {label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
