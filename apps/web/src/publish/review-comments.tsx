import type { ReviewComment } from "@trunkline/contract";
import { useState } from "react";
import { TextLink } from "../markdown/links.tsx";
import { plural } from "../text/quantity.ts";
import { withoutControls } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";

const MAX_SHOWN = 5;
/** Of one comment, in UTF-16 units. */
const MAX_LENGTH = 4_000;

/** What others wrote about the request: open ones first, the newest on top. */
export function ReviewComments({ comments }: { comments: readonly ReviewComment[] }) {
  const [showsAll, setShowsAll] = useState(false);
  const sorted = comments.toSorted((a, b) => Number(a.resolved) - Number(b.resolved) || b.at - a.at);
  const shown = showsAll ? sorted : sorted.slice(0, MAX_SHOWN);
  return (
    <>
      <ul aria-label="Review comments" className="flex flex-col gap-1.5">
        {shown.map(({ id, author, at, text, path, line, url, resolved }) => (
          <li key={id} className="rounded-md border border-line bg-background px-2.5 py-1.5">
            <p className="flex flex-wrap gap-x-2 text-xs text-muted">
              <span className="font-medium text-text">{withoutControls(author)}</span>
              {path !== null && (
                <code className="min-w-0 font-mono [overflow-wrap:anywhere]">
                  {withoutControls(path)}
                  {line !== null && `:${line}`}
                </code>
              )}
              {resolved && <span className="text-done">Resolved</span>}
              <span className="ml-auto shrink-0 text-faint">
                {url === null ? moment(at) : <TextLink address={url}>{moment(at)}</TextLink>}
              </span>
            </p>
            <p dir="auto" className="line-clamp-4 text-sm [overflow-wrap:anywhere] whitespace-pre-wrap">
              {withoutControls(text.slice(0, MAX_LENGTH))}
            </p>
          </li>
        ))}
      </ul>
      {sorted.length > shown.length && (
        <Button size="small" look="quiet" className="self-start" onClick={() => setShowsAll(true)}>
          Show {plural(sorted.length - shown.length, "more comment")}
        </Button>
      )}
    </>
  );
}
