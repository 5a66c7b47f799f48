export interface Recipe {
  title: string;
  snippets: Snippet[];
}

export interface Snippet {
  language: "sh" | "ts";
  code: string;
  /** What its output has to contain. */
  prints: string[];
}

/** Reads the recipes of docs/cookbook.md: its sections, and in each the code with what it is to print. */
export function readRecipes(page: string): Recipe[] {
  const [, ...sections] = page.split(/^## /m);
  return sections.map((section) => ({
    title: section.slice(0, section.indexOf("\n")),
    snippets: Array.from(
      section.matchAll(/((?:<!-- prints: .*? -->\n)*)\n```(sh|ts)\n(.*?)^```$/gms),
      ([, expectations = "", language, code = ""]) => ({
        language: language === "ts" ? "ts" : "sh",
        code,
        prints: Array.from(expectations.matchAll(/<!-- prints: (.*?) -->/g), ([, text = ""]) => text),
      }),
    ),
  }));
}
