import type { ProviderWords } from "./provider-words.ts";

/** Providers' codes and types for a prompt that is too long. */
const CODES =
  /context_?(?:length|window|size)|exceed_context|prompt_too_long|string_above_max_length|request_too_large|max_tokens_exceeded|input_too_long|too_many_input_tokens/;

const WORDS: readonly RegExp[] = [
  // OpenAI, vLLM, OpenRouter, llama.cpp, LM Studio, Ollama, Cerebras, MiniMax
  /(?:context|prompt|input|conversation|message)s?['"`]?\s*(?:length|window|size|limit|token|is|was|are|too|has|contains|exceed|overflow)/i,
  // "… exceeds the available context size", "larger than the model's context"
  /(?:exceed\w*|longer|larger|greater|bigger|more|overflow\w*|outgrow\w*|beyond|over|above|fit\w*|run out|ran out)\b.{0,60}\b(?:context|window)/i,
  // Groq, Together, TGI
  /reduce (?:the |your )?(?:length|size|number|prompt|input|message|context)/i,
  /\binputs?\b.{0,40}\b(?:must|should|has to|have to|be)\b.{0,40}\btokens?\b/i,
  /\btoken\w*\b.{0,60}\b(?:exceed|limit|maximum|max|too (?:many|long|large))/i,
  /(?:exceed\w*|maximum|too many|too large|limit)\b.{0,60}\btokens?\b/i,
];

/** One of the above only counts together with a word for "too much". */
const TOO_MUCH =
  /exceed|too (?:long|large|big|many|much)|maximum|at most|larger than|longer than|greater than|more than|overflow|does ?n[o']t fit|reduce|shorten|truncat|limit|must (?:be|have)|less than|ran out|run out|above|over\b/i;

/** About the answer's length, rate limits or the account, which a shorter prompt does not fix. */
const OTHER_MATTERS =
  /max_(?:completion_|output_|new_)?tokens|completion tokens|output tokens|per (?:minute|day|hour|second|month)|\b[tr]p[md]\b|rate.?limit|quota|credit|billing|maxlength|stop sequences|tool(?:s| definitions)\b.{0,30}(?:maximum|too many)/i;

/**
 * Whether the provider rejected the prompt as too long, however it says so.
 * @param status of the response; undefined for an error within a stream.
 */
export function isContextOverflow(status: number | undefined, { message, codes }: ProviderWords): boolean {
  if (status === 413) return true;
  if (status !== undefined && (status === 401 || status === 402 || status === 403 || status === 404))
    return false;
  if (codes.some((code) => CODES.test(code))) return true;
  if (status === 429 || status === 503) return false;
  if (OTHER_MATTERS.test(message) && !/context|prompt/i.test(message)) return false;
  if (hasMoreTokensThanAllowed(message)) return true;
  return TOO_MUCH.test(message) && WORDS.some((words) => words.test(message));
}

/** "9001 tokens, 8192 at most", in any language that says token. */
function hasMoreTokensThanAllowed(message: string): boolean {
  if (!/tok[eé]n|context|kontext|コンテキスト|トークン|上下文|令牌|токен/i.test(message)) return false;
  const counts = Array.from(message.matchAll(/\d[\d,._]*/g), ([digits]) =>
    Number(digits.replaceAll(/[,._]/g, "")),
  );
  const large = new Set(counts.filter((count) => count >= 256 && count <= 100_000_000));
  return large.size >= 2;
}
