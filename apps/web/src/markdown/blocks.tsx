import type { MarkedToken, Token, Tokens } from "marked";
import type { ReactNode } from "react";
import { CodeBlock } from "./code-block.tsx";
import { Inline } from "./inline.tsx";

/** Block elements: paragraphs, lists, tables, code. */
export function Blocks({ tokens }: { tokens: readonly Token[] }): ReactNode {
  return tokens.map((token, index) => (
    // A block's index in its source identifies it.
    <Block key={index} token={token as MarkedToken | Formula} />
  ));
}

/** markdown-rules.ts */
interface Formula {
  type: "formula";
  text: string;
}

function Block({ token }: { token: MarkedToken | Formula }): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "heading":
      return <Heading token={token} />;
    case "paragraph":
      return (
        <p dir="auto">
          <Inline tokens={token.tokens} />
        </p>
      );
    case "code":
      return <CodeBlock code={token.text} language={languageOf(token)} />;
    case "blockquote":
      return (
        <blockquote dir="auto">
          <Blocks tokens={token.tokens} />
        </blockquote>
      );
    case "list":
      return <List token={token} />;
    case "table":
      return <Table token={token} />;
    case "formula":
      return (
        <pre tabIndex={0} dir="ltr" className="my-3 overflow-x-auto font-mono text-code">
          {token.text}
        </pre>
      );
    case "hr":
      return <hr />;
    case "html":
      return (
        <p dir="auto" className="whitespace-pre-wrap">
          {token.raw.trim()}
        </p>
      );
    default:
      // Items of a tight list have no paragraphs around their lines.
      return <Inline tokens={[token]} />;
  }
}

/**
 * All on one level, that of the turns: models choose any depth, not all rows are rendered at a time, and levels must
 * not be skipped. The style reflects the real depth.
 */
function Heading({ token }: { token: Tokens.Heading }) {
  return (
    <h3 dir="auto" data-depth={token.depth}>
      <Inline tokens={token.tokens} />
    </h3>
  );
}

function List({ token }: { token: Tokens.List }) {
  const items = token.items.map((item, index) => (
    <li key={index} dir="auto" data-task={item.task || undefined}>
      <Blocks tokens={item.tokens} />
    </li>
  ));
  return token.ordered ? (
    <ol dir="auto" start={token.start === "" ? 1 : token.start}>
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  );
}

function Table({ token }: { token: Tokens.Table }) {
  return (
    <div className="table-frame" tabIndex={0}>
      <table dir="auto">
        <thead>
          <tr>
            {token.header.map((cell, index) => (
              <th key={index} dir="auto" style={{ textAlign: cell.align ?? undefined }}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, place) => (
                <td key={place} dir="auto" style={{ textAlign: cell.align ?? undefined }}>
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

/** First word after the fence. */
function languageOf({ lang }: Tokens.Code): string | null {
  const word = /^[\w+#.-]+/.exec(lang?.trim() ?? "")?.[0];
  return word ?? null;
}
