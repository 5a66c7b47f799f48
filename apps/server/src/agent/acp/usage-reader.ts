import type { Usage } from "@trunkline/contract";
import { parseForeignJson } from "../../common/foreign-json.ts";

/** Bytes of a line, or of a whole document, that are looked into; usage is reported in short ones, at the end. */
const MAX_LINE_BYTES = 262_144;

/** Reads the tokens that a provider reports in an answer, streamed or not, in any of the four APIs. */
export class UsageReader {
  readonly #isStream: boolean;
  #line: Buffer[] = [];
  #lineBytes = 0;
  readonly #seen: Record<string, number> = {};

  constructor(contentType: string) {
    this.#isStream = contentType.includes("event-stream");
  }

  push(bytes: Buffer): void {
    if (!this.#isStream) return this.#keep(bytes);
    let from = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
      this.#keep(bytes.subarray(from, at));
      this.#readLine();
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
  }

  /** @returns null if the answer reports none. */
  end(): Usage | null {
    this.#readLine();
    const seen = this.#seen;
    if (Object.keys(seen).length === 0) return null;
    // Anthropic counts what was written to and read from the cache apart; the others count it in.
    const cachedApart = (seen["cache_creation_input_tokens"] ?? 0) + (seen["cache_read_input_tokens"] ?? 0);
    const input = first(seen, ["input_tokens", "prompt_tokens", "promptTokenCount"]);
    const thoughts = seen["thoughtsTokenCount"] ?? 0;
    const output = first(seen, ["output_tokens", "completion_tokens", "candidatesTokenCount"]) + thoughts;
    const cached = first(seen, ["cache_read_input_tokens", "cached_tokens", "cachedContentTokenCount"]);
    const reasoning = first(seen, ["reasoning_tokens", "thoughtsTokenCount"]);
    return {
      inputTokens: input + cachedApart,
      outputTokens: output,
      ...(reasoning > 0 && { reasoningTokens: reasoning }),
      ...(cached > 0 && { cachedInputTokens: cached }),
    };
  }

  #keep(bytes: Buffer): void {
    if (this.#lineBytes > MAX_LINE_BYTES) return;
    // Copied: a stream reuses its buffers.
    if (bytes.length > 0) this.#line.push(Buffer.from(bytes.subarray(0, MAX_LINE_BYTES)));
    this.#lineBytes += bytes.length;
  }

  #readLine(): void {
    const line = this.#lineBytes <= MAX_LINE_BYTES ? Buffer.concat(this.#line).toString() : "";
    this.#line = [];
    this.#lineBytes = 0;
    if (!/"usage(?:Metadata)?"/.test(line)) return;
    let value: unknown;
    try {
      value = parseForeignJson(this.#isStream ? line.replace(/^data:\s*/, "") : line);
    } catch {
      // Not the provider's own words, or cut off: it tells nothing.
      return;
    }
    for (const usage of usagesIn(value)) this.#note(usage);
  }

  /** Later reports of the same answer replace earlier ones. */
  #note(usage: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(usage)) {
      if (typeof value === "number" && Number.isInteger(value) && value >= 0) this.#seen[name] = value;
      else if (name.endsWith("_details") && typeof value === "object" && value !== null) {
        this.#note(value as Record<string, unknown>);
      }
    }
  }
}

/** Where the APIs have it: at the top, in Anthropic's `message`, in OpenAI's `response`. */
function usagesIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const { usage, usageMetadata, message, response } = value as Record<string, unknown>;
  const own = [usage, usageMetadata].filter((found) => typeof found === "object" && found !== null);
  return [...(own as Record<string, unknown>[]), ...usagesIn(message), ...usagesIn(response)];
}

function first(seen: Readonly<Record<string, number>>, names: readonly string[]): number {
  return names.map((name) => seen[name]).find((value) => value !== undefined) ?? 0;
}
