import type { MarkedToken, Token, Tokens } from "marked";
import type { ReactNode } from "react";
import { CodeBlock } from "./code-block.tsx";
import { Inline } from "./inline.tsx";

/** Paragraphs, lists, tables, code: what stands below each other. */
export function Blocks({ tokens }: { tokens: readonly Token[] }): ReactNode {
  return tokens.map((token, index) => (
    // Blocks of one source are known by their place.
    <Block key={index} token={token as MarkedToken} />
  ));
}

function Block({ token }: { token: MarkedToken }): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return <Heading token={token} />;
    case "paragraph":
      return (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      );
    case "code":
      return <CodeBlock code={token.text} language={languageOf(token)} />;
    case "blockquote":
      return (
        <blockquote>
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "list":
      return <List token={token} />;
    case "table":
      return <Table token={token} />;
    case "hr":
      return <hr />;
    case "html":
      return <p className="whitespace-pre-wrap">{token.raw.trim()}</p>;
    default:
      // Within the items of a tight list, lines stand without a paragraph around them.
      return <Inline tokens={[token]} />;
  }
}

/** The transcript has headings of its own; those of a text stand below them, whatever they count as in it. */
function Heading({ token }: { token: Tokens.Heading }) {
  const children = <Inline tokens={token.tokens} />;
  switch (token.depth) {
    case 1:
      return <h3 data-depth={1}>{children}</h3>;
    case 2:
      return <h4 data-depth={2}>{children}</h4>;
    case 3:
      return <h5>{children}</h5>;
    default:
      return <h6>{children}</h6>;
  }
}

function List({ token }: { token: Tokens.List }) {
  const items = token.items.map((item, index) => (
    <li key={index} data-task={item.task || undefined}>
      <Blocks tokens={item.tokens} />
    </li>
  ));
  return token.ordered ? <ol start={token.start === "" ? 1 : token.start}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    <div className="table-frame" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th key={index} style={{ textAlign: cell.align ?? undefined }}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, place) => (
                <td key={place} style={{ textAlign: cell.align ?? undefined }}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The first word after the fence. */
function languageOf({ lang }: Tokens.Code): string | null {
  const word = /^[\w+#.-]+/.exec(lang?.trim() ?? "")?.[0];
  return word ?? null;
}
