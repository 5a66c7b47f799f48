import type { BlobRef, Json } from "@trunkline/contract";
import type { ToolRow } from "@trunkline/contract/session-view";
import { Download } from "lucide-react";
import { download } from "../files/download.ts";
import { HighlightedCode } from "../markdown/code-block.tsx";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { linesOf, signed } from "../text/line-diff.ts";
import { languageOfFile } from "../markdown/language-name.ts";
import { bytes } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { TerminalOutput } from "./terminal-output.tsx";
import { callKind, field, pathOf } from "./tool-words.ts";

/** Input and output of a call, without what the line above shows already. */
export function ToolDetails({ row }: { row: ToolRow }) {
  const input = inputOf(row);
  const isReadOnly = useIsReadOnly();
  return (
    <div className="mt-1 mb-2 overflow-hidden rounded-lg border border-line">
      {input !== null && (
        <Part label={input.label} copy={input.text} isFirst>
          <HighlightedCode code={input.text} language={input.language} />
        </Part>
      )}
      {(row.output !== "" || input === null) && (
        <Part label="Output" copy={row.output} isFirst={input === null}>
          {row.output === "" ? (
            <span className="text-faint">{row.state === "running" ? "No output yet" : "No output"}</span>
          ) : (
            <TerminalOutput
              text={row.output}
              isRunning={row.state === "running"}
              opensAt={callKind(row) === "execute" ? "end" : "start"}
            />
          )}
        </Part>
      )}
      {row.omittedBytes > 0 && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-muted">
          {bytes(row.omittedBytes)} omitted from the middle (output limit 64 KB)
          {row.fullOutput !== undefined && !isReadOnly && <DownloadAll blob={row.fullOutput} />}
        </p>
      )}
    </div>
  );
}

/** Of the whole output, which is kept beside the log. */
function DownloadAll({ blob }: { blob: BlobRef }) {
  return (
    <Button
      look="quiet"
      size="small"
      className="ml-1"
      onClick={() => void download(`/api/blobs/${blob.sha256}`, blob.name ?? "output.txt")}
    >
      <Download aria-hidden className="size-3.5" />
      Download all ({bytes(blob.bytes)})
    </Button>
  );
}

function Part({
  label,
  copy,
  isFirst,
  children,
}: {
  label: string;
  copy: string;
  isFirst: boolean;
  children: React.ReactNode;
}) {
  return (
    <div
      className={
        isFirst ? "group/part relative bg-surface" : "group/part relative border-t border-line bg-surface"
      }
    >
      <div className="absolute top-1 right-1 rounded-md bg-surface opacity-0 transition-opacity group-focus-within/part:opacity-100 group-hover/part:opacity-100">
        <CopyButton text={copy} label={`Copy ${label.toLowerCase()}`} />
      </div>
      <pre
        tabIndex={0}
        translate="no"
        aria-label={label}
        className="max-h-80 overflow-auto px-3 py-2 font-mono text-code -outline-offset-2 [overflow-anchor:none]"
      >
        {children}
      </pre>
    </div>
  );
}

interface ShownInput {
  label: string;
  text: string;
  language: string | null;
}

function inputOf(row: ToolRow): ShownInput | null {
  const { input } = row;
  switch (callKind(row)) {
    case "execute": {
      const command = field(input, "command");
      if (command === "") break;
      // A single line is shown in full above, unless it is long.
      return command.length > 80 || command.includes("\n")
        ? { label: "Command", text: command, language: "bash" }
        : null;
    }
    case "read":
    case "search":
      return null;
    case "edit": {
      const content = field(input, "content");
      if (content !== "") return { label: "Content", text: content, language: languageOfFile(pathOf(row)) };
      const patch = field(input, "patch");
      if (patch !== "") return { label: "Patch", text: patch, language: "diff" };
      const changes = [input, ...listOf(input, "edits")]
        .map((edit) => change(field(edit, "oldText"), field(edit, "newText")))
        .filter((text) => text !== "");
      if (changes.length === 0) break;
      return { label: "Change", text: changes.join("\n\n"), language: "diff" };
    }
    default:
      if (row.tool === null) return null;
  }
  return { label: "Input", text: JSON.stringify(input, null, 2), language: "json" };
}

function listOf(input: Json, name: string): Json[] {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return [];
  const list = input[name];
  return Array.isArray(list) ? list : [];
}

function change(before: string, after: string): string {
  return [signed(linesOf(before), "-"), signed(linesOf(after), "+")].filter((part) => part !== "").join("\n");
}
