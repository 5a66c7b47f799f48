import { callTRPCProcedure } from "@trpc/server";
import type { Services } from "@trunkline/contract";
import { type ProcedurePath, procedureSchemas } from "@trunkline/contract/rest";
import { appRouter } from "@trunkline/contract/router";
import type { NoteCallFailure } from "./call-failure.ts";
import { type ErrorAnswer, toCallError, toErrorAnswer } from "./error-answer.ts";
import type { HttpContext } from "./http-env.ts";
import { readRestInput } from "./rest-input.ts";

/** A procedure of the router with its own input, checks and errors, for REST. */
export interface RestProcedure {
  /**
   * @param signal ends a stream; a call that has started completes even if the client leaves. @throws what `refusal`
   * takes
   */
  call(c: HttpContext, signal?: AbortSignal): Promise<unknown>;
  /** The response that tRPC would give: status and body. */
  refusal(c: HttpContext, cause: unknown): ErrorAnswer;
}

export function createRestProcedure(
  path: ProcedurePath,
  { services, noteFailure }: { services: Services; noteFailure: NoteCallFailure },
): RestProcedure {
  const { kind: type, input: schema } = procedureSchemas(path);

  return {
    async call(c, signal) {
      const { principal } = c.get("authenticated");
      const input = await readRestInput(c, schema);
      const answer: unknown = await callTRPCProcedure({
        router: appRouter,
        path,
        type,
        ctx: { services, principal },
        getRawInput: async () => input,
        signal,
        batchIndex: 0,
      });
      return answer;
    },

    refusal(c, cause) {
      const error = toCallError(cause);
      noteFailure(c, error, path);
      return toErrorAnswer(error, path);
    },
  };
}
