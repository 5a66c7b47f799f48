import { useMutation, useQuery } from "@tanstack/react-query";
import type { McpServer } from "@trunkline/contract";
import { clsx } from "clsx";
import { useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { confirmed } from "../ui/confirmation.ts";
import { showToast } from "../ui/toasts.ts";
import { changedFields } from "./changed-fields.ts";
import { draftOfServer, inputOfDraft, type McpDraft } from "./mcp-draft.ts";
import { McpAuthorize } from "./mcp-authorize.tsx";
import { McpForm } from "./mcp-form.tsx";

const STATES: Readonly<Record<string, { words: string; colour: string }>> = {
  off: { words: "Off", colour: "text-muted" },
  idle: { words: "Connects when needed", colour: "text-muted" },
  connecting: { words: "Connecting", colour: "text-runs" },
  connected: { words: "Connected", colour: "text-done" },
  failed: { words: "Failed", colour: "text-failed" },
  "needs-authorization": { words: "Needs your authorization", colour: "text-waits" },
} satisfies Record<McpServer["state"], unknown>;

const PLACES = { operator: "Everybody on this server", project: "A project", user: "Your sessions" } as const;

/** One server: its state, its tools, and what can be done with it. */
export function McpServerRow({ server, refresh }: { server: McpServer; refresh: () => void }) {
  const trpc = useTRPC();
  const [isOpen, setIsOpen] = useState(false);
  const [isEditing, setIsEditing] = useState(false);
  const { id: serverId, name, transport, canChange } = server;
  const failed = (what: string) => (error: { message: string }) =>
    showToast(`Couldn't ${what} ${name}`, { detail: error.message, level: "error" });
  const update = useMutation(
    trpc.mcp.update.mutationOptions({
      onSuccess: () => {
        setIsEditing(false);
        refresh();
      },
    }),
  );
  const setEditing = (next: boolean): void => {
    // Why it was not saved then is nothing about what is written next.
    update.reset();
    setIsEditing(next);
  };
  const toggle = useMutation(
    trpc.mcp.update.mutationOptions({ onSuccess: refresh, onError: failed("change") }),
  );
  const restart = useMutation(
    trpc.mcp.restart.mutationOptions({ onSuccess: refresh, onError: failed("connect to") }),
  );
  const remove = useMutation(
    trpc.mcp.remove.mutationOptions({ onSuccess: refresh, onError: failed("remove") }),
  );
  const askRemove = async (): Promise<void> => {
    const isSure = await confirmed({
      title: `Remove ${name}?`,
      detail: "Its tools go with it, and the values that are stored for it.",
      action: "Remove server",
    });
    if (isSure) remove.mutate({ serverId });
  };
  const isBusy = update.isPending || toggle.isPending || restart.isPending || remove.isPending;
  const inputOf = (draft: McpDraft) =>
    inputOfDraft(draft, transport.kind === "stdio" ? transport.allowedHosts : []);
  const { words, colour } = STATES[server.state] ?? { words: server.state, colour: "text-muted" };
  const address =
    transport.kind === "http" ? transport.url : [transport.command, ...transport.args].join(" ");
  return (
    <div className="text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-2.5">
        <div className="min-w-48 grow basis-0">
          <p className="flex items-baseline gap-2">
            <span className="font-medium">{name}</span>
            <span className={clsx("text-xs", colour)}>{restart.isPending ? "Connecting" : words}</span>
            {server.toolCount !== null && (
              <span className="text-xs text-muted">{plural(server.toolCount, "tool")}</span>
            )}
          </p>
          <p className="truncate font-mono text-xs text-muted">{revealHidden(address)}</p>
        </div>
        <span className="text-xs text-faint">{PLACES[server.level]}</span>
        <span className="flex flex-wrap gap-1">
          <Button
            size="small"
            aria-expanded={isOpen}
            aria-label={`Tools of ${name}`}
            onClick={() => setIsOpen(!isOpen)}
          >
            Tools
          </Button>
          <Button
            size="small"
            aria-label={`Restart ${name}`}
            disabled={isBusy || !server.enabled}
            onClick={() => restart.mutate({ serverId })}
          >
            Restart
          </Button>
          {canChange && (
            <>
              <Button
                size="small"
                disabled={isBusy}
                aria-label={`${server.enabled ? "Turn off" : "Turn on"} ${name}`}
                onClick={() => toggle.mutate({ serverId, enabled: !server.enabled })}
              >
                {server.enabled ? "Turn off" : "Turn on"}
              </Button>
              <Button
                size="small"
                aria-label={`Edit ${name}`}
                disabled={isBusy}
                onClick={() => setEditing(!isEditing)}
              >
                Edit
              </Button>
              <Button
                size="small"
                look="quiet"
                aria-label={`Remove ${name}`}
                disabled={isBusy}
                onClick={() => void askRemove()}
              >
                Remove
              </Button>
            </>
          )}
        </span>
        {server.message !== null && server.state !== "needs-authorization" && (
          <p
            className={clsx(
              "basis-full text-xs [overflow-wrap:anywhere]",
              server.state === "failed" ? "text-failed" : "text-muted",
            )}
          >
            {revealHidden(server.message)}
          </p>
        )}
      </div>
      {server.state === "needs-authorization" && (
        <div className="px-4 pb-2.5">
          <McpAuthorize serverId={serverId} onAuthorized={refresh} />
        </div>
      )}
      {isEditing && (
        <div className="border-t border-line">
          <McpForm
            start={draftOfServer(server)}
            action="Save server"
            isSaving={update.isPending}
            error={update.error?.message ?? null}
            save={(draft, opened) =>
              update.mutate({ serverId, ...changedFields(inputOf(opened), inputOf(draft)) })
            }
            close={() => setEditing(false)}
          />
        </div>
      )}
      {isOpen && <McpTools serverId={serverId} />}
    </div>
  );
}

/** What the server offers, by its own word: plain text. */
function McpTools({ serverId }: { serverId: string }) {
  const trpc = useTRPC();
  const { data, error, isPending } = useQuery(trpc.mcp.get.queryOptions({ serverId }));
  if (isPending) return <p className="border-t border-line px-4 py-2.5 text-muted">Loading…</p>;
  if (error !== null) {
    return (
      <p role="alert" className="border-t border-line px-4 py-2.5 text-muted">
        Couldn't load its tools. {error.message}
      </p>
    );
  }
  return (
    <div className="border-t border-line px-4 py-2.5">
      {data.tools.length === 0 && <p className="text-muted">No tools known. Restart connects to it.</p>}
      <ul className="flex flex-col gap-1.5">
        {data.tools.map((tool) => (
          <li key={tool.name} className={tool.enabled ? undefined : "text-faint"}>
            <span className="font-mono text-code">{revealHidden(tool.name)}</span>
            {tool.onlyReads && <span className="ml-2 text-xs text-muted">reads only</span>}
            {!tool.enabled && <span className="ml-2 text-xs">off</span>}
            <p dir="auto" className="line-clamp-2 text-xs break-words text-muted">
              {revealHidden(tool.description)}
            </p>
          </li>
        ))}
      </ul>
      {data.omittedTools.map((tool) => (
        <p key={tool.name} className="mt-1 text-xs text-muted">
          <span className="font-mono">{revealHidden(tool.name)}</span> is left out:{" "}
          {revealHidden(tool.reason)}
        </p>
      ))}
      {data.log !== "" && (
        <pre
          tabIndex={0}
          aria-label="Log"
          className="mt-2 max-h-32 overflow-auto rounded-md bg-surface px-2.5 py-1.5 font-mono text-xs whitespace-pre-wrap text-muted"
        >
          {revealHidden(data.log)}
        </pre>
      )}
    </div>
  );
}
