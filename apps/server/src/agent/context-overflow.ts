import type { ProviderWords } from "./provider-words.ts";

/** Providers' codes and types for a prompt that is too long. */
const CODES =
  /context_?(?:length|window|size)_?(?:exceed|overflow)|exceed_context|prompt_too_long|request_too_large|max_tokens_exceeded|input_too_long|too_many_input_tokens|tokens_limit_reached|max_prompt_tokens|context_overflow/;

/** The model's window by name. */
const WINDOW =
  /\bcontext[ _-]?(?:length|size|window|limit)s?\b|\bn_ctx\b|\bmax_?model_?len\b|\bmaximum (?:prompt|input|model|sequence) length\b|\bcontext\b.{0,20}\boverflow/i;

/** With the window named, that something is too much for it. */
const TOO_MUCH =
  /exceed|too (?:long|large|big|many|much|small)|maximum|at most|(?:long|larg|great|high)er than|more than|less than|overflow|does ?n[o']t fit|cannot fit|reduce|shorten|truncat|request|reached|ran out|run out|above|\bover\b|outgr/i;

/** Without it, what is too long must stand beside that it is, in one sentence. */
const WORDS: readonly RegExp[] = [
  /\b(?:prompt|input|message|conversation|request|body|history)s?\b[^.;\n]{0,40}\btoo (?:long|large|big)\b/i,
  /\bmessages\[\d+\]\.content\b[^;\n]{0,40}\btoo long\b/i,
  /\b(?:prompt|input|conversation|messages)\b[^.;\n]{0,40}\b(?:exceed\w*|longer than|larger than|greater than|(?:over|above|beyond) the|does ?n[o']t fit|cannot fit)\b[^.;\n]{0,40}\b(?:limit|maximum|max|model|length|window|tokens|allowed|supported|context)\b/i,
  /\b(?:prompt|input)s?\b[^.;\n]{0,20}\b(?:length|size|token count)\b[^.;\n]{0,20}\b(?:exceed\w*|(?:should|must|has to|cannot) (?:be|exceed))/i,
  /\binputs?\b[^.;\n]{0,40}\b(?:must|should|has to|have to)\b[^.;\n]{0,40}\btokens\b/i,
  /(?:\btokens\b|\btoken (?:count|limit|length|number))[^.;\n]{0,60}\b(?:exceed\w*|limit|maximum|max|allowed|too (?:many|long|large))\b/i,
  /\b(?:exceed\w*|too many|maximum|max|limit|more than|over)\b[^.;\n]{0,40}(?:\btokens\b|\btoken (?:count|limit|length|number))/i,
  /\breduce (?:the |your )?(?:length|size|prompt|input|messages?|context|conversation)\b/i,
  /\bshort(?:en|er)\b.{0,20}\b(?:prompt|input|messages?|context|conversation)\b/i,
  /超长|过长|超(?:出|过).{0,12}(?:上下文|长度|限制)|(?:上下文|长度|token).{0,12}超(?:出|过)/i,
];

/** About the answer's length, rate limits, the account, or one part of the request, which a summary does not fix. */
const OTHER_MATTERS =
  /max_(?:completion_|output_)?tokens|(?:completion|output) tokens|per (?:minute|day|hour|second|month)|\b[tr]p[md]\b|rate.?limit|quota|credit|billing|max_?length|stop sequences|tool(?:s| definitions)\b.{0,30}(?:maximum|too many)|'(?:tools|stop|metadata|prompt_cache_key|user|safety_identifier)\b|\b(?:images?|audio|video|file|attachment|pixels|temperature|top_[pk]|threshold)\b/i;

/**
 * Whether the provider rejected the prompt as too long, however it says so. A false yes costs a summary, so a message
 * that merely mentions the input must not count.
 * @param status of the response; undefined for an error within a stream.
 */
export function isContextOverflow(status: number | undefined, { message, codes }: ProviderWords): boolean {
  if (status === 413) return true;
  if (status !== undefined && (status === 401 || status === 402 || status === 403 || status === 404))
    return false;
  if (codes.some((code) => CODES.test(code))) return true;
  if (status === 429 || status === 503) return false;
  if (WINDOW.test(message)) return TOO_MUCH.test(message);
  if (OTHER_MATTERS.test(message) && !/\bprompt\b(?!_)/i.test(message)) return false;
  if (hasMoreTokensThanAllowed(message)) return true;
  return WORDS.some((words) => words.test(message));
}

/** "9001 tokens, 8192 at most", in any language that says token. */
function hasMoreTokensThanAllowed(message: string): boolean {
  if (!/tok[eé]ns?\b|kontext|コンテキスト|トークン|上下文|令牌|токен/i.test(message)) return false;
  const counts = Array.from(message.matchAll(/\d[\d,._]*/g), ([digits]) =>
    Number(digits.replaceAll(/[,._]/g, "")),
  );
  const large = new Set(counts.filter((count) => count >= 256 && count <= 100_000_000));
  return large.size >= 2;
}
