import type { BlockRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import { Markdown } from "../markdown/markdown.tsx";

/** The model's text. An interrupted answer that was retried is dimmed. */
export function TextBlock({ row }: { row: BlockRow }) {
  return (
    <div className={clsx("py-1.5", row.state === "interrupted" && "opacity-65")}>
      {row.state === "interrupted" && <p className="mb-1 text-xs text-muted">Interrupted — retried below</p>}
      <Markdown text={row.text} streaming={row.state === "open"} />
    </div>
  );
}
