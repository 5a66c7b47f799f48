import { useTheme } from "next-themes";

/**
 * The chosen theme, and how to choose one. Colours change at once instead of fading each at its own pace. The library does that, too,
 * but also for the theme that a page opens with, where it costs two passes over all styles.
 */
export function useThemeChoice(): { theme: string | undefined; choose: (theme: string) => void } {
  const { theme, setTheme } = useTheme();
  return {
    theme,
    choose(next) {
      // globals.css has the rule for it.
      const { dataset } = document.documentElement;
      dataset["recolours"] = "";
      setTheme(next);
      // It is set in an effect, before the next frame is painted.
      requestAnimationFrame(() => requestAnimationFrame(() => delete dataset["recolours"]));
    },
  };
}
