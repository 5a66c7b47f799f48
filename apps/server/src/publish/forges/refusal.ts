import { TrunklineError } from "@trunkline/contract";
import { z } from "zod";
import { parseForeignJson } from "../../common/foreign-json.ts";
import { printable } from "../../common/printable.ts";

/** Longest piece of a forge's own words in a message, in UTF-16 code units. */
const MAX_WORDS = 300;

/** A forge's refusal in words that say what to do. @returns never with the token in it */
export function refusal(
  response: Response,
  text: string,
  { name, token }: { name: string; token: string },
): TrunklineError {
  const { status, headers } = response;
  const words = forgeWords(text).replaceAll(token, "…");
  const said = words === "" ? "" : `: ${words}`;
  const wait = rateLimitWait(response, words);
  if (wait !== null) {
    return new TrunklineError("rate_limited", `${name}'s rate limit is used up; try again ${wait}`);
  }
  if (status >= 300 && status < 400) {
    const target = URL.parse(headers.get("location") ?? "");
    const where = target === null ? "" : ` to ${printable(target.host + target.pathname)}`;
    return new TrunklineError(
      "remote_failed",
      `${name} redirects this repository${where}. It was probably renamed or moved: set the project's URL to its new address`,
    );
  }
  switch (status) {
    case 401:
      return new TrunklineError(
        "credential_rejected",
        `${name} rejected the project's token (401${said}). It may be wrong, expired or revoked: set a new one`,
      );
    case 403:
      return new TrunklineError(
        "credential_rejected",
        `${name} does not allow this with the project's token (403${said}). The token needs to read and write the ` +
          "repository's contents and its pull or merge requests",
      );
    case 404:
      return new TrunklineError(
        "remote_failed",
        `${name} has no such repository, or the project's token may not see it (404${said})`,
      );
    default:
      return new TrunklineError(
        "remote_failed",
        status >= 500
          ? `${name} failed (${status}${said}). Try again later`
          : `${name} refused (${status}${said})`,
      );
  }
}

/** When the limit resets, as words; null: it is no rate limit. GitHub also answers 403 (REST, "Rate limits"). */
function rateLimitWait({ status, headers }: Response, words: string): string | null {
  const isExhausted = headers.get("x-ratelimit-remaining") === "0" || /rate limit/i.test(words);
  if (status !== 429 && !(status === 403 && isExhausted)) return null;
  const retryAfter = Number(headers.get("retry-after") ?? Number.NaN);
  if (retryAfter > 0) return `in ${minutes(retryAfter)}`;
  const reset = Number(headers.get("x-ratelimit-reset") ?? headers.get("ratelimit-reset") ?? Number.NaN);
  return reset > 0 ? `in ${minutes(reset - Date.now() / 1_000)}` : "later";
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.ceil(seconds))} s` : `${Math.ceil(seconds / 60)} min`;
}

const Words = z.object({
  message: z.unknown().optional(),
  error: z.unknown().optional(),
  errors: z.array(z.union([z.string(), z.object({ message: z.string() })])).optional(),
});

/** What the answer says: `message` (GitHub, Gitea; an object or list in GitLab), `error` (GitLab), `errors` (GitHub). */
function forgeWords(text: string): string {
  let parsed: z.infer<typeof Words>;
  try {
    parsed = Words.parse(parseForeignJson(text));
  } catch {
    // A page of a proxy, perhaps: nothing in it is meant for a person.
    return "";
  }
  const said = [parsed.message ?? parsed.error, ...(parsed.errors ?? [])].flatMap((part) => {
    if (part === undefined) return [];
    if (typeof part === "string") return [part];
    return [
      typeof part === "object" && part !== null && "message" in part
        ? String(part.message)
        : JSON.stringify(part),
    ];
  });
  const words = printable(said.join("; "));
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}
