import { isContextOverflow } from "./context-overflow.ts";
import { limitResetsAt } from "./limit-reset.ts";
import type { FaultContext } from "./model.ts";
import { clip, ProviderFault } from "./provider-fault.ts";
import type { ProviderWords } from "./provider-words.ts";

/** An error response of a provider. */
export interface Refusal {
  /** Undefined for an error within an answer that started with 200. */
  status: number | undefined;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** As received. */
  body: string;
  words: ProviderWords;
  /** The answer had started: an unknown error is then worth a retry. */
  inStream?: boolean;
}

/** Maximum length of a refusal to search for what was refused. */
const MAX_REFUSAL_LENGTH = 20_000;

/** Classifies a refusal by its status, codes and message. */
export function refusalFault(refusal: Refusal, context: FaultContext): ProviderFault {
  const { headers, body, words, inStream = false } = refusal;
  const status = refusal.status ?? words.status ?? impliedStatus(words);
  const said = clip(context.redact(words.message));
  const resetsAt = limitResetsAt(headers, body);
  const fault = (code: string, message: string, retryable = false, why?: string): ProviderFault =>
    new ProviderFault(code, message, { retryable, resetsAt, ...(why !== undefined && { refusal: why }) });
  const keyVariable = context.provider?.keyVariable ?? "key";
  const inFull = `${words.message} ${body.slice(0, MAX_REFUSAL_LENGTH)}`;

  if (isContextOverflow(status, words)) {
    return fault("context_overflow", `The conversation is too long for '${context.model}'${told(said)}`);
  }
  if (isQuotaExhausted(status, words)) {
    return fault("provider_quota", `The provider's quota is used up${numbered(status)}${told(said)}`);
  }
  switch (status) {
    case 401:
      // The provider's message may quote the key.
      return fault(
        "provider_auth",
        `The provider rejected the API key (401). Set a valid ${keyVariable}, then restart the server`,
      );
    case 403:
      return fault(
        "provider_auth",
        `The provider denied access${told(said, "403")}. Check that ${keyVariable} may use '${context.model}'`,
      );
    case 404:
    case 405:
      return fault("model_not_found", notFoundMessage(status, said, context));
    case 429:
      return fault("provider_rate_limited", `Rate limited by the provider${told(said, "429")}`, true);
    default:
      break;
  }
  if (status !== undefined && status >= 300 && status < 400) {
    return fault(
      "provider_redirect",
      `The provider's address redirects to another${told(said)}. Redirects are not followed; set ${context.provider?.addressVariable ?? "its address"} to the final one`,
    );
  }
  if (status === undefined) {
    const message = said === "" ? "an error without a message" : said;
    return inStream
      ? fault("provider_stream_error", `Provider error: ${message}`, true)
      : fault("provider_error", `Provider error: ${message}${at(context)}`);
  }
  if (status === 408 || status === 409 || status === 425 || status >= 500) {
    // Servers that make a grammar of schemas answer 500 for one that they can't.
    const grammar = status === 500 ? inFull : undefined;
    return fault("provider_unavailable", `Provider error ${status}${colon(said)}`, true, grammar);
  }
  return fault("provider_bad_request", `Provider error ${status}${colon(said)}`, false, inFull);
}

function notFoundMessage(status: number, said: string, context: FaultContext): string {
  const { provider } = context;
  const base = `The provider does not know the model '${context.model}'${told(said, String(status))}`;
  if (provider === undefined) return `${base}. Check its name`;
  const path = URL.parse(provider.address)?.pathname ?? "";
  const hint = /\/v\d/.test(path) ? "" : "; most servers want one that ends in /v1";
  return `${base}. Check its name and the address ${provider.address} (${provider.addressVariable}${hint})`;
}

/** OpenAI also answers 429 for an exhausted quota, where waiting does not help. */
function isQuotaExhausted(status: number | undefined, { message, codes }: ProviderWords): boolean {
  if (status === 402) return true;
  if (codes.some((code) => /insufficient_(?:quota|balance|credit|funds)|billing|credit_balance/.test(code)))
    return true;
  return (
    status !== undefined &&
    status < 500 &&
    /insufficient (?:balance|credits?|funds|quota)|credit balance is too low/i.test(message)
  );
}

const IMPLIED: readonly (readonly [status: number, codes: RegExp, words: RegExp])[] = [
  [
    429,
    /rate_?limit|too_many_requests|resource_exhausted|throttl/,
    /rate.?limit|slow down|too many requests|throttl/i,
  ],
  [
    503,
    /overload|unavailable|server_error|internal|capacity|timeout|api_error/,
    /overload|unavailable|over capacity|try again|timed? ?out|internal (?:server )?error|server is busy/i,
  ],
  [402, /insufficient|billing|payment/, /payment required|insufficient (?:credits?|balance|funds)/i],
  [
    401,
    /invalid_api_key|authentication|unauthori[sz]ed/,
    /(?:invalid|incorrect|missing|no) api.?key|unauthori[sz]ed/i,
  ],
  [403, /permission|forbidden/, /\bforbidden\b|permission denied/i],
  [404, /model_not_found|not_found/, /model .{0,80}(?:not found|does not exist|not exist)/i],
  [400, /invalid_request|bad_request|invalid_argument/, /unexpected endpoint|bad request/i],
];

/** The status that an error within an answer would have had as a response. */
function impliedStatus({ message, codes }: ProviderWords): number | undefined {
  const byCode = IMPLIED.find(([, pattern]) => codes.some((code) => pattern.test(code)));
  const byWords = IMPLIED.find(([, , pattern]) => pattern.test(message));
  return (byCode ?? byWords)?.[0];
}

function told(said: string, status?: string): string {
  if (status === undefined) return said === "" ? "" : `: ${withoutPeriod(said)}`;
  return said === "" ? ` (${status})` : ` (${status}: ${withoutPeriod(said)})`;
}

function colon(said: string): string {
  return said === "" ? "" : `: ${withoutPeriod(said)}`;
}

function numbered(status: number | undefined): string {
  return status === undefined ? "" : ` (${status})`;
}

function at({ provider }: FaultContext): string {
  return provider === undefined ? "" : ` (from ${provider.address})`;
}

function withoutPeriod(said: string): string {
  return said.replace(/\.$/, "");
}
