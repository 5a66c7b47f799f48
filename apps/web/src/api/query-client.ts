import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import { noticeSignedOut } from "../auth/signed-out.ts";

/** Retries of a query if the server is unreachable or busy. */
const MAX_RETRIES = 3;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: noticeSignedOut }),
    mutationCache: new MutationCache({ onError: noticeSignedOut }),
    defaultOptions: {
      queries: { retry: mayHelp, staleTime: 5_000, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
}

/** A refusal is final; retrying can't help. */
function mayHelp(failures: number, error: Error): boolean {
  if (isApiError(error) && error.httpStatus < 500 && error.httpStatus !== 429) return false;
  return failures < MAX_RETRIES;
}
