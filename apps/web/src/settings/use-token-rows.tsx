import { useMutation, useQuery } from "@tanstack/react-query";
import type { Token } from "@trunkline/contract";
import type { ReactNode } from "react";
import { useTRPC } from "../api/trpc.ts";
import { showToast } from "../ui/toasts.ts";
import { TokenRow } from "./token-row.tsx";

/**
 * @param onRevoked called once the server has revoked one
 * @returns a row for each, with a button that revokes it
 */
export function useTokenRows(tokens: readonly Token[], onRevoked: (token: Token) => void): ReactNode[] {
  const trpc = useTRPC();
  const me = useQuery(trpc.user.me.queryOptions());
  const revoke = useMutation(
    trpc.token.revoke.mutationOptions({
      onSuccess: onRevoked,
      onError: ({ message }) => showToast("Couldn't revoke the token", { detail: message, level: "error" }),
    }),
  );
  return tokens.map((token) => (
    <TokenRow
      key={token.id}
      token={token}
      isThisOne={token.id === me.data?.tokenId}
      isBusy={revoke.isPending}
      revoke={() => revoke.mutate({ tokenId: token.id })}
    />
  ));
}
