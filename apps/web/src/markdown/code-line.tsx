import type { CodeLines } from "./highlight-message.ts";

/** One line in its colours; without tokens, as it is. */
export function CodeLine({ text, tokens }: { text: string; tokens: CodeLines[number] | undefined }) {
  if (tokens === undefined) return text;
  return tokens.map((token, place) =>
    token.color === null ? (
      token.text
    ) : (
      // Tokens are identified by their place.
      <span key={place} style={{ color: token.color }}>
        {token.text}
      </span>
    ),
  );
}
