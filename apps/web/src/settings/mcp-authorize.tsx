import { useMutation } from "@tanstack/react-query";
import type { McpAuthorizationLink } from "@trunkline/contract";
import type { SubmitEvent } from "react";
import { useTRPC } from "../api/trpc.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { FIELD, Labeled } from "./fields.tsx";

/** Gets the link at which the user agrees, and takes the address that it leads to where this server can't be reached. */
export function McpAuthorize({ serverId, onAuthorized }: { serverId: string; onAuthorized: () => void }) {
  const trpc = useTRPC();
  const onError = (error: { message: string }): void =>
    showToast("Couldn't authorize the MCP server", { detail: error.message, level: "error" });
  const begin = useMutation(trpc.mcp.authorize.mutationOptions({ onError }));
  const finish = useMutation(
    trpc.mcp.finishAuthorization.mutationOptions({ onSuccess: onAuthorized, onError }),
  );
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const address = new FormData(event.currentTarget).get("address");
    if (typeof address === "string") finish.mutate({ address });
  };
  const host = begin.data === undefined ? null : hostOf(begin.data);
  if (begin.data === undefined || host === null) {
    return (
      <Button
        size="small"
        className="mt-2"
        disabled={begin.isPending}
        onClick={() => begin.mutate({ serverId, origin: globalThis.location.origin })}
      >
        Authorize
      </Button>
    );
  }
  return (
    <div className="mt-2 flex flex-col gap-2">
      <p>
        <a
          href={begin.data.url}
          target="_blank"
          rel="noopener noreferrer"
          className="underline underline-offset-2"
        >
          Agree at <span translate="no">{host}</span>
        </a>
        <span className="text-muted"> in the next 15 minutes, then come back.</span>
      </p>
      <form onSubmit={submit} className="flex items-end gap-2">
        <div className="min-w-0 grow">
          <Labeled label="Page didn't load? Paste its address">
            <input name="address" required autoComplete="off" maxLength={10_000} className={FIELD} />
          </Labeled>
        </div>
        <Button size="small" type="submit" disabled={finish.isPending}>
          Finish
        </Button>
      </form>
    </div>
  );
}

/** @returns null for what is no address of the web: it is not shown as a link. */
function hostOf({ url }: McpAuthorizationLink): string | null {
  const parsed = URL.parse(url);
  return parsed !== null && ["https:", "http:"].includes(parsed.protocol) ? parsed.host : null;
}
