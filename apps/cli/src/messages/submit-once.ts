import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isApiError, TrunklineConnectionError, type TrunklineClient } from "@trunkline/client";
import type { RetryTaskInput, SubmitTaskInput, SubmitTaskOutput, Task } from "@trunkline/contract";
import { SilentServerError } from "../server/checked-fetch.ts";
import { isCutOff } from "../server/cut-off.ts";

/** Time for a connection, or a server, to be replaced, in ms. */
const WAIT_MS = 1_000;

/** How a connection ends that was there; one that was never made has carried nothing. */
const CUT_OFF = /other side closed|socket hang up|ECONNRESET|EPIPE|read ETIMEDOUT|terminated|Headers Timeout/;

/** No answer came to a submit, twice, so the server may have the task or not. */
export class UnansweredError extends Error {
  override readonly name = "UnansweredError";

  constructor(cause: Error) {
    super(`${cause.message.replace(/[.]$/, "")}. Whether the server took it is not known`, { cause });
  }
}

/**
 * Submits a task once, also where the answer is lost: a second try has the same key, so it gets the task that the first one made.
 *
 * @throws UnansweredError
 */
export async function submitOnce(client: TrunklineClient, input: SubmitTaskInput): Promise<SubmitTaskOutput> {
  return once(async (idempotencyKey) => client.task.submit.mutate({ ...input, idempotencyKey }));
}

/** Retries a task once, in the same way. @throws UnansweredError */
export async function retryOnce(client: TrunklineClient, input: RetryTaskInput): Promise<Task> {
  return once(async (idempotencyKey) => client.task.retry.mutate({ ...input, idempotencyKey }));
}

async function once<Made>(make: (idempotencyKey: string) => Promise<Made>): Promise<Made> {
  const key = randomUUID();
  try {
    return await make(key);
  } catch (error) {
    if (error instanceof SilentServerError) throw new UnansweredError(error);
    if (!mayHaveArrived(error)) throw error;
  }
  await delay(WAIT_MS);
  try {
    return await make(key);
  } catch (error) {
    throw error instanceof Error && saysNothing(error) ? new UnansweredError(error) : error;
  }
}

/** A proxy answers with 502 or 504 for a server that it has asked. */
function mayHaveArrived(error: unknown): boolean {
  if (isApiError(error)) return error.httpStatus === 502 || error.httpStatus === 504;
  return isCutOff(error) || (error instanceof TrunklineConnectionError && CUT_OFF.test(error.message));
}

/** Any other refusal tells that the first try was refused, too: the key is looked up before anything else. */
function saysNothing(error: Error): boolean {
  return (
    error instanceof TrunklineConnectionError ||
    isApiError(error, "unavailable") ||
    isApiError(error, "rate_limited")
  );
}
