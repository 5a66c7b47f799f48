import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import { noticeSignedOut } from "../auth/signed-out.ts";

/** Tries of a query beside the first, where the server cannot be reached or is busy. */
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

/** A refusal stays one, however often it is asked for. */
function mayHelp(failures: number, error: Error): boolean {
  if (isApiError(error) && error.httpStatus < 500 && error.httpStatus !== 429) return false;
  return failures < MAX_RETRIES;
}
