import type { LanguageModelV4Message, LanguageModelV4Prompt } from "@ai-sdk/provider";

/**
 * Anthropic caches a prompt up to each mark, and takes four of them
 * (https://docs.claude.com/en/docs/build-with-claude/prompt-caching). One stands after the system prompt, which covers the tools
 * as well, and one after each of the two newest messages that are not the model's: the next call finds what this one wrote,
 * and this one what the last one did.
 */
export function withCacheMarks(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const others = prompt.flatMap(({ role }, index) => (role === "user" || role === "tool" ? [index] : []));
  const system = prompt.findLastIndex(({ role }) => role === "system");
  const marked = new Set([system, ...others.slice(-2)]);
  return prompt.map((message, index) => (marked.has(index) ? withMark(message) : message));
}

function withMark(message: LanguageModelV4Message): LanguageModelV4Message {
  const anthropic = { ...message.providerOptions?.["anthropic"], cacheControl: { type: "ephemeral" } };
  return { ...message, providerOptions: { ...message.providerOptions, anthropic } };
}
