import { apiClient } from "../api/api-client.ts";
import { navigate } from "../navigation/navigate.ts";
import { watchForLeaving } from "../navigation/still-here.ts";
import { showToast } from "../ui/toasts.ts";
import { explain } from "./explain.ts";

/** Apart from the other actions: the message box offers it, so it is in the first load. Says what failed instead of throwing. */
export async function forkSession(sessionId: string): Promise<void> {
  const isStillHere = watchForLeaving();
  const made = await apiClient.session.fork.mutate({ sessionId }).catch((error: unknown) => {
    explain("fork the session", error);
    return null;
  });
  const mayLead = isStillHere();
  if (made === null) return;
  const href = `/s/${made.id}`;
  // Not away from what somebody is writing, nor with half of it into the copy.
  if (mayLead) navigate(href);
  showToast("Session forked", {
    detail: mayLead ? "This copy has the conversation and files so far." : undefined,
    link: mayLead ? undefined : { label: "Show", href },
  });
}
