import { type Compute, ComputeError, type Job } from "../../compute/port.ts";
import { FetchError } from "./fetch-error.ts";
import type convert from "./markdown-job.ts";

const CONVERT: Job<typeof convert> = {
  name: "turn a page into text",
  module: new URL("./markdown-job.ts", import.meta.url),
  kind: "quick",
};

/** A page that needs longer was built to. */
const DEADLINE_MS = 10_000;

/** Converts pages for the user whose turn it is. */
export interface PageConverter {
  compute: Compute;
  owner: string;
  signal: AbortSignal;
}

/**
 * Converts HTML to Markdown, in a process of its own.
 * @param address of the page, for relative links.
 * @throws FetchError if it can't be converted; the signal's reason once aborted.
 */
export async function toMarkdown(
  html: string,
  address: string,
  { compute, owner, signal }: PageConverter,
  deadlineMs = DEADLINE_MS,
): Promise<string> {
  const outcome = await compute
    .run(CONVERT, { html, address }, { owner, deadlineMs, signal })
    .catch((error: unknown) => ({ type: "failed" as const, reason: reasonOf(error) }));
  if (outcome.type === "converted") return outcome.markdown;
  throw new FetchError(`The page was fetched, but cannot be turned into text: ${outcome.reason}`);
}

/** @throws what is no fault of the page's. */
function reasonOf(error: unknown): string {
  if (!(error instanceof ComputeError)) throw error;
  switch (error.bound) {
    case "deadline":
      return "it takes too long";
    case "memory":
      return "it takes too much memory";
    case "queue":
    case "stopped":
      return error.message;
  }
}
