import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { FIELD, Fields, Labeled } from "./fields.tsx";
import type { McpDraft } from "./mcp-draft.ts";

interface McpFormProps {
  start: McpDraft;
  action: string;
  isSaving: boolean;
  /** Why it was not saved. */
  error: string | null;
  /** @param opened as it was when the form was opened */
  save: (draft: McpDraft, opened: McpDraft) => void;
  close: () => void;
}

/** An MCP server's address or program, its secrets, and how far it is trusted. */
export function McpForm({ start, action, isSaving, error, save, close }: McpFormProps) {
  const [opened] = useState(start);
  const [draft, setDraft] = useState(opened);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const set = (part: Partial<McpDraft>): void => setDraft({ ...draft, ...part });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    save(draft, opened);
  };
  const isHttp = draft.kind === "http";
  return (
    <form aria-label="MCP server" onSubmit={submit} className="flex flex-col gap-3 px-4 py-3">
      <Fields isSaving={isSaving}>
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Labeled label="Name">
            <input
              ref={first}
              required
              value={draft.name}
              maxLength={24}
              autoComplete="off"
              placeholder="github"
              onChange={(event) => set({ name: event.target.value })}
              className={FIELD}
            />
          </Labeled>
          <Labeled label="Connection">
            <select
              value={draft.kind}
              onChange={(event) => set({ kind: event.target.value as McpDraft["kind"] })}
              className={FIELD}
            >
              <option value="http">HTTP</option>
              <option value="stdio">Program on the server</option>
            </select>
          </Labeled>
        </div>
        <Labeled label={isHttp ? "URL" : "Command"}>
          <input
            required
            value={draft.target}
            autoComplete="off"
            spellCheck={false}
            placeholder={isHttp ? "https://mcp.example.com/mcp" : "npx -y @example/mcp-server"}
            onChange={(event) => set({ target: event.target.value })}
            className={`${FIELD} font-mono`}
          />
        </Labeled>
        <Labeled
          label={isHttp ? "Headers" : "Environment variables"}
          hint="One per line. Values are stored encrypted and never shown; a name alone keeps its stored value."
        >
          <textarea
            value={draft.secrets}
            rows={2}
            spellCheck={false}
            placeholder={isHttp ? "Authorization: Bearer …" : "API_KEY=…"}
            onChange={(event) => set({ secrets: event.target.value })}
            className={`${FIELD} h-auto py-1.5 font-mono`}
          />
        </Labeled>
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Labeled label="Approvals">
            <select
              value={draft.trust}
              onChange={(event) => set({ trust: event.target.value as McpDraft["trust"] })}
              className={FIELD}
            >
              <option value="none">Every call asks</option>
              <option value="annotations">Calls that only read don't ask</option>
            </select>
          </Labeled>
          {!isHttp && (
            <Labeled label="Network">
              <select
                value={draft.network}
                onChange={(event) => set({ network: event.target.value as McpDraft["network"] })}
                className={FIELD}
              >
                <option value="off">Off</option>
                <option value="allowlist">Package registries</option>
                <option value="on">On</option>
              </select>
            </Labeled>
          )}
        </div>
      </Fields>
      {error !== null && (
        <p role="alert" className="text-sm break-words text-failed">
          {error}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button type="submit" look="primary" disabled={isSaving}>
          {action}
        </Button>
      </div>
    </form>
  );
}
