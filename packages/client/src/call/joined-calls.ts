import type { OperationResultEnvelope, TRPCClientError, TRPCLink } from "@trpc/client";
import { type Observable, observable, share } from "@trpc/server/observable";
import type { AppRouter } from "@trunkline/contract";

type Call = Observable<
  OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>,
  TRPCClientError<AppRouter>
>;

/**
 * A tRPC link: a mutation that is called again, with the same input, while it is in flight is sent once, and both callers get
 * the answer. Somebody has pressed twice.
 */
export const joinedCalls: TRPCLink<AppRouter> = () => {
  const inFlight = new Map<string, Call>();
  return ({ op, next }) => {
    if (op.type !== "mutation") return next(op);
    const key = JSON.stringify([op.path, op.input]);
    const known = inFlight.get(key);
    if (known !== undefined) return known;
    const call: Call = observable<
      OperationResultEnvelope<unknown, TRPCClientError<AppRouter>>,
      TRPCClientError<AppRouter>
    >((observer) => {
      const sent = next(op).subscribe({
        next: (value) => observer.next(value),
        error: (error) => {
          inFlight.delete(key);
          observer.error(error);
        },
        complete: () => {
          inFlight.delete(key);
          observer.complete();
        },
      });
      return () => {
        inFlight.delete(key);
        sent.unsubscribe();
      };
    }).pipe(share());
    inFlight.set(key, call);
    return call;
  };
};
