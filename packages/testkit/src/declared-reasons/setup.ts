/**
 * A setup file: fails a test file in which a server refused for a reason that its API does not declare. It looks at what this
 * process fetched, which is what clients see; it changes nothing.
 */
import { afterAll, expect } from "vitest";
import type { SeenRefusal } from "./undeclared-reasons.ts";

const seen: Promise<SeenRefusal | null>[] = [];
const { fetch } = globalThis;

globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  if (mayRefuse(response)) seen.push(refusalOf(method, response.clone()));
  return response;
};

/** 207: a batch, of which some calls were refused. */
function mayRefuse({ status, headers }: Response): boolean {
  return (status >= 400 || status === 207) && headers.get("content-type")?.includes("json") === true;
}

/** @returns null for an answer that broke off */
async function refusalOf(method: string, response: Response): Promise<SeenRefusal | null> {
  const { url } = response;
  const body = await response.text().catch(() => null);
  return body === null ? null : { method, url, body };
}

afterAll(async () => {
  const refusals = (await Promise.all(seen)).filter((each) => each !== null);
  if (refusals.length === 0) return;
  // Loads the whole contract: only where there is something to compare.
  const { undeclaredReasons } = await import("./undeclared-reasons.ts");
  expect(
    undeclaredReasons(refusals),
    "add these reasons to the procedure's route in packages/contract/src/rest",
  ).toEqual([]);
});
