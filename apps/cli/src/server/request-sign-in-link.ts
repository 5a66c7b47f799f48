import { TrunklineApiError, TrunklineConnectionError } from "@trunkline/client";
import type { Target } from "./target.ts";

/** A link that signs a browser in, once. */
export interface SignInLink {
  url: string;
  expiresInMs: number;
}

const TIMEOUT_MS = 15_000;

/**
 * `POST /api/sign-in-codes`, REST only: the UI has no use for it. Needs the token.
 *
 * @throws TrunklineApiError if the server refuses; TrunklineConnectionError if it does not answer
 */
export async function requestSignInLink({ url, token }: Pick<Target, "url" | "token">): Promise<SignInLink> {
  const answer = await post(`${url}/api/sign-in-codes`, token);
  if (isErrorAnswer(answer.body)) throw new TrunklineApiError(answer.body.error);
  if (!isSignInLink(answer.body)) {
    throw new TrunklineConnectionError("What answers there is not a Trunkline server");
  }
  return answer.body;
}

async function post(url: string, token: string | undefined): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: "{}",
      // As for every call (packages/client): the link signs somebody in.
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, body: await response.json() };
  } catch (error) {
    throw TrunklineConnectionError.of(error);
  }
}

function isErrorAnswer(body: unknown): body is { error: ConstructorParameters<typeof TrunklineApiError>[0] } {
  if (!isRecord(body) || !isRecord(body["error"])) return false;
  const { message, data } = body["error"];
  return typeof message === "string" && isRecord(data) && typeof data["reason"] === "string";
}

function isSignInLink(body: unknown): body is SignInLink {
  return isRecord(body) && typeof body["url"] === "string" && typeof body["expiresInMs"] === "number";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
