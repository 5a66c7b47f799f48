import type { SearchHit } from "@trunkline/contract";

/** A snippet with the matches in bold. */
export function Snippet({ hit }: { hit: SearchHit }) {
  const starts = [0, ...hit.matches.map(([, end]) => end)];
  return starts.map((from, index) => {
    const [start, end] = hit.matches[index] ?? [hit.snippet.length, hit.snippet.length];
    return (
      <span key={from}>
        {hit.snippet.slice(from, start)}
        <mark className="bg-transparent font-semibold text-text">{hit.snippet.slice(start, end)}</mark>
      </span>
    );
  });
}
