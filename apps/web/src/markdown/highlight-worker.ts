/** Highlights code off the main thread. */
import { createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { LANGUAGES } from "./highlight-languages.ts";
import type { CodeLines, HighlightAnswer, HighlightRequest } from "./highlight-message.ts";
import { CODE_THEME } from "./highlight-theme.ts";

const highlighter = createHighlighterCore({
  themes: [CODE_THEME],
  langs: [],
  // Some grammars have patterns that JavaScript lacks; such tokens stay uncoloured.
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});

async function highlight({ code, language }: HighlightRequest): Promise<CodeLines | null> {
  // A model may call its language `constructor`.
  const load = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
  if (load === undefined) return null;
  const core = await highlighter;
  if (!core.getLoadedLanguages().includes(language)) await core.loadLanguage((await load()).default);
  const { tokens } = core.codeToTokens(code, { lang: language, theme: CODE_THEME.name });
  return tokens.map((line) =>
    line.map(({ content, color }) => ({
      text: content,
      color: color === undefined || color === CODE_THEME.fg ? null : color,
    })),
  );
}

self.addEventListener("message", (event: MessageEvent<HighlightRequest>) => {
  const { id } = event.data;
  highlight(event.data).then(
    (lines) => self.postMessage({ id, lines } satisfies HighlightAnswer),
    // If a grammar can't be loaded or fails on this code, show it uncoloured.
    () => self.postMessage({ id, lines: null } satisfies HighlightAnswer),
  );
});
