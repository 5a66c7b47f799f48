import type { Token } from "marked";
import { expect, it } from "vitest";
import { readMarkdown } from "./bounded-lexer.ts";

/** The text with its emphasis marked, everything else as rendered. */
function read(source: string): string {
  const words = (tokens: readonly Token[]): string =>
    tokens
      .map((token) => {
        const inner =
          "tokens" in token && token.tokens !== undefined
            ? words(token.tokens)
            : (token as { text?: string }).text;
        return ["strong", "em", "del", "formula"].includes(token.type)
          ? `<${token.type}>${inner}</>`
          : (inner ?? token.raw);
      })
      .join("");
  return words(readMarkdown(source));
}

it.each([
  ["含**「重点」**内容", "含<strong>「重点」</>内容"],
  ["これは**強調。**です", "これは<strong>強調。</>です"],
  ["中*（斜）*文", "中<em>（斜）</>文"],
  ["**bold** and *em*", "<strong>bold</> and <em>em</>"],
  ["2 * 3 * 4", "2 * 3 * 4"],
  ["from ~2000 to ~5000 lines", "from ~2000 to ~5000 lines"],
  ["~~gone~~", "<del>gone</>"],
  ["call __init__ of __main__.py", "call __init__ of __main__.py"],
  ["__really bold words__", "<strong>really bold words</>"],
  [String.raw`in C:\dir\_x_ and D:\a_b_c`, String.raw`in C:\dir\_x_ and D:\a_b_c`],
  [String.raw`where \(a_1 + b_1\) is`, String.raw`where \(a_1 + b_1\) is`],
  [String.raw`sum $$a_1 * b_1 * c$$ done`, String.raw`sum $$a_1 * b_1 * c$$ done`],
  [String.raw`let $x_1$ and $y_1$ be`, String.raw`let $x_1$ and $y_1$ be`],
  ["costs $5 or $10 a month", "costs $5 or $10 a month"],
])("D3: reads %s as it was meant", (source, expected) => {
  expect(read(source)).toBe(expected);
});

it("D3: keeps a formula of several lines in one piece", () => {
  const formula = String.raw`$$
a_1 = \begin{x}

- b_1
\end{x}
$$`;
  expect(read(`Look:\n\n${formula}\n\nDone.`)).toContain(`<formula>${formula}</>`);
});
