import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CreatedShare } from "@trunkline/contract";
import { Dialog } from "radix-ui";
import { type SubmitEvent, useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { placed } from "../navigation/base-path.ts";
import { inDays } from "../network/clock.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";
import { Button } from "../ui/button.tsx";
import { ShownOnce } from "../ui/shown-once.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { showToast } from "../ui/toasts.ts";
import { ShareRow } from "./share-row.tsx";
import { sharedAddress } from "./shared-address.ts";

const LIFETIMES = [
  { days: 1, words: "Expires in a day" },
  { days: 7, words: "Expires in 7 days" },
  { days: 30, words: "Expires in 30 days" },
  { days: 0, words: "Never expires" },
];

/** The links to this session: a new one, and those that open it. */
export function ShareDialog({ close }: { close: () => void }) {
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0.1_0_0/0.4)]" />
        <Dialog.Content className="fixed top-[12dvh] left-1/2 z-50 max-h-[76dvh] w-120 max-w-[calc(100vw-24px)] -translate-x-1/2 animate-appear overflow-y-auto rounded-xl border border-line bg-background shadow-float outline-none">
          <div className="px-4 pt-4 pb-3">
            <Dialog.Title className="font-medium">Share this session</Dialog.Title>
            <Dialog.Description className="mt-1 text-sm text-muted">
              Anyone with a link can read this session, live: prompts, answers, commands and their output.
              They can't send anything, and see no other files, settings or names.
            </Dialog.Description>
          </div>
          <Links />
          <div className="flex justify-end border-t border-line px-4 py-3">
            <Dialog.Close asChild>
              <Button>Close</Button>
            </Dialog.Close>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Links() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { sessionId } = useCurrentSession();
  const query = trpc.share.list.queryOptions({ sessionId });
  const links = useQuery(query);
  const refresh = (): void => void reload(queries, query.queryKey);
  const [created, setCreated] = useState<CreatedShare | null>(null);
  const [days, setDays] = useState(7);
  const create = useMutation(
    trpc.share.create.mutationOptions({
      onSuccess(made) {
        setCreated(made);
        refresh();
      },
    }),
  );
  const revoke = useMutation(
    trpc.share.revoke.mutationOptions({
      onSuccess({ id }) {
        setCreated((shown) => (shown?.share.id === id ? null : shown));
        refresh();
      },
      onError: ({ message }) => showToast("Couldn't revoke the link", { detail: message, level: "error" }),
    }),
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    create.mutate({ sessionId, expiresAt: days === 0 ? null : inDays(days) });
  };
  return (
    <>
      <form aria-label="New link" onSubmit={submit} className="flex flex-wrap items-center gap-2 px-4 pb-3">
        <select
          value={days}
          aria-label="Expires"
          onChange={(event) => setDays(Number(event.target.value))}
          className="h-8 min-w-40 grow rounded-md border border-line-strong bg-background px-2 text-sm max-md:text-[16px]"
        >
          {LIFETIMES.map((lifetime) => (
            <option key={lifetime.days} value={lifetime.days}>
              {lifetime.words}
            </option>
          ))}
        </select>
        <Button type="submit" look="primary" disabled={create.isPending}>
          Create link
        </Button>
        {create.isError && (
          <p role="alert" className="w-full text-sm text-failed">
            {create.error.message}
          </p>
        )}
      </form>
      {created !== null && (
        <ShownOnce
          secret={window.location.origin + placed(sharedAddress(sessionId, created.secret))}
          copyLabel="Copy link"
          close={() => setCreated(null)}
        >
          Link created.
        </ShownOnce>
      )}
      {links.isPending && <Skeleton className="mx-4 mb-4 h-10" />}
      {links.isError && (
        <p role="alert" className="px-4 pb-4 text-sm text-muted">
          Couldn't load the links. {links.error.message}
        </p>
      )}
      {(links.data?.items.length ?? 0) > 0 && (
        <ul aria-label="Links" className="divide-y divide-line border-t border-line">
          {links.data?.items.map((share) => (
            <ShareRow
              key={share.id}
              share={share}
              isBusy={revoke.isPending}
              revoke={() => revoke.mutate({ shareId: share.id })}
            />
          ))}
        </ul>
      )}
    </>
  );
}
