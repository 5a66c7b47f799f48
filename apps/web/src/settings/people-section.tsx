import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import type { User } from "@trunkline/contract";
import { UserRoundPlus } from "lucide-react";
import { useState } from "react";
import { useTRPC, useTRPCClient } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import type { InvitedPerson } from "./invite-person.ts";
import { InviteForm } from "./invite-form.tsx";
import { NewInvitation } from "./new-invitation.tsx";
import { PersonRow } from "./person-row.tsx";
import { PagedRows } from "./paged-rows.tsx";
import { Section } from "./section.tsx";

const PEOPLE_KEY = ["people"] as const;

/** For admins: who is on this server, invitations, removal. */
export function PeopleSection({ me }: { me: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  // Not the binding's infinite query: see tokens-section.tsx.
  const list = useInfiniteQuery({
    queryKey: PEOPLE_KEY,
    queryFn: ({ pageParam, signal }) => client.user.list.query({ cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  });
  /** Who is being invited: somebody new, or one of the list. */
  const [inviting, setInviting] = useState<"new" | User | null>(null);
  const [invited, setInvited] = useState<InvitedPerson | null>(null);
  const refresh = (): void => void reload(queries, PEOPLE_KEY);
  const remove = useMutation(
    trpc.user.remove.mutationOptions({
      onSuccess: refresh,
      onError: ({ message }) => showToast("Couldn't remove them", { detail: message, level: "error" }),
    }),
  );
  const people = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title="People"
      action={
        inviting === null && (
          <Button size="small" onClick={() => setInviting("new")}>
            <UserRoundPlus aria-hidden className="size-3.5" /> Invite
          </Button>
        )
      }
    >
      {inviting !== null && (
        <InviteForm
          key={inviting === "new" ? "new" : inviting.id}
          user={inviting === "new" ? null : inviting}
          close={() => setInviting(null)}
          onInvited={(person) => {
            setInviting(null);
            setInvited(person);
            refresh();
          }}
        />
      )}
      {invited !== null && <NewInvitation invited={invited} close={() => setInvited(null)} />}
      <PagedRows list={list} what="people">
        {people.map((user) => (
          <PersonRow
            key={user.id}
            user={user}
            isMe={user.id === me}
            isBusy={remove.isPending}
            invite={() => setInviting(user)}
            remove={(deleteSessions) => remove.mutate({ userId: user.id, deleteSessions })}
          />
        ))}
      </PagedRows>
    </Section>
  );
}
