import type { SearchHit } from "@trunkline/contract";
import type { ReactNode } from "react";

/** A piece of text with what was looked for in bold. */
export function Snippet({ hit }: { hit: SearchHit }) {
  const parts: ReactNode[] = [];
  let place = 0;
  for (const [start, end] of hit.matches) {
    parts.push(hit.snippet.slice(place, start));
    parts.push(
      <mark key={start} className="bg-transparent font-semibold text-text">
        {hit.snippet.slice(start, end)}
      </mark>,
    );
    place = end;
  }
  parts.push(hit.snippet.slice(place));
  return <>{parts}</>;
}
