import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "@trunkline/contract";

/** The API as query and mutation options of TanStack Query. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
