import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../api/trpc.ts";
import { navigate } from "../navigation/navigate.ts";
import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";

/** @returns a function that archives the session and leaves its page. */
export function useArchive(sessionId: string): () => void {
  const trpc = useTRPC();
  const { mutate } = useMutation(
    trpc.session.update.mutationOptions({
      onSuccess: () => {
        showToast("Session archived");
        navigate("/");
      },
      onError: (error) =>
        showToast("Couldn't archive the session", {
          detail: isConnectionError(error) ? "You're offline." : error.message,
          level: "error",
        }),
    }),
  );
  return () => mutate({ sessionId, archived: true });
}
