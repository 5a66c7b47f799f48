import type { MarkedToken, Token } from "marked";
import { Fragment, type ReactNode } from "react";
import { revealHidden } from "../text/reveal-hidden.ts";
import { decodeEntities } from "./entities.ts";
import { ImageLink, TextLink } from "./links.tsx";

/** Inline elements. HTML is shown as text. */
export function Inline({ tokens }: { tokens: readonly Token[] }): ReactNode {
  return tokens.map((token, index) => (
    // Parts of a line are identified by index.
    <Fragment key={index}>{inline(token as MarkedToken)}</Fragment>
  ));
}

function inline(token: MarkedToken): ReactNode {
  switch (token.type) {
    case "text":
      return token.tokens === undefined ? decodeEntities(token.text) : <Inline tokens={token.tokens} />;
    case "escape":
      return token.text;
    case "strong":
      return (
        <strong>
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code>{revealHidden(token.text)}</code>;
    case "br":
      return <br />;
    case "link":
      return (
        <TextLink address={decodeEntities(token.href)}>
          <Inline tokens={token.tokens} />
        </TextLink>
      );
    case "image":
      return <ImageLink address={decodeEntities(token.href)} name={decodeEntities(token.text)} />;
    case "checkbox":
      return (
        <input
          type="checkbox"
          checked={token.checked}
          readOnly
          disabled
          aria-label={token.checked ? "Done" : "Open"}
        />
      );
    case "html":
      // `<br>`, the only way to break a line in a table cell.
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw;
    default:
      return token.raw;
  }
}
