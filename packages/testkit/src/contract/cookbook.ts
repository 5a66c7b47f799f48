export interface Recipe {
  title: string;
  snippets: Snippet[];
}

export interface Snippet {
  language: "sh" | "ts";
  code: string;
  /** Text that its output must contain. */
  prints: string[];
}

/** Parses docs/cookbook.md: sections with their code and expected output. */
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
