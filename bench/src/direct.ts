/** Yardstick for token streams: reads the provider directly, by `fetch` or by the SDK that the server uses. */
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { monotonicMicros, readTokenStamps } from "@trunkline/testkit";
import { createParser } from "eventsource-parser";
import { answerRequests } from "./processes/answer-requests.ts";
import type { DirectProtocol } from "./yardstick/direct-protocol.ts";

class Received {
  firstTokenAtUs = 0;
  readonly latenciesUs: number[] = [];

  onText(text: string): void {
    const nowUs = monotonicMicros();
    for (const { emittedAtUs } of readTokenStamps(text)) {
      if (this.latenciesUs.length === 0) this.firstTokenAtUs = nowUs;
      this.latenciesUs.push(nowUs - emittedAtUs);
    }
  }
}

async function readByFetch(providerUrl: string, prompt: string): Promise<Received> {
  const received = new Received();
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data === "[DONE]") return;
      const chunk = JSON.parse(data) as { choices: { delta: { content?: string } }[] };
      received.onText(chunk.choices[0]?.delta.content ?? "");
    },
  });
  const response = await fetch(`${providerUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "fake", stream: true, messages: [{ role: "user", content: prompt }] }),
  });
  if (!response.ok || response.body === null) throw new Error(`the provider answered ${response.status}`);
  const decoder = new TextDecoder();
  for await (const bytes of response.body as AsyncIterable<Uint8Array>)
    parser.feed(decoder.decode(bytes, { stream: true }));
  return received;
}

async function readBySdk(providerUrl: string, prompt: string): Promise<Received> {
  const received = new Received();
  const provider = createOpenAICompatible({
    name: "openai-compatible",
    baseURL: providerUrl,
    includeUsage: true,
  });
  const { stream } = await provider.languageModel("fake").doStream({
    prompt: [{ role: "user", content: [{ type: "text", text: prompt }] }],
  });
  for await (const part of stream) if (part.type === "text-delta") received.onText(part.delta);
  return received;
}

answerRequests<DirectProtocol>({
  async read({ providerUrl, by, streams, prompt }) {
    const startedAtUs = monotonicMicros();
    const read = by === "fetch" ? readByFetch : readBySdk;
    const all = await Promise.all(Array.from({ length: streams }, () => read(providerUrl, prompt)));
    return {
      startedAtUs,
      latenciesUs: Float64Array.from(all.flatMap(({ latenciesUs }) => latenciesUs)),
      firstTokenAtUs: all.map(({ firstTokenAtUs }) => firstTokenAtUs),
      tokens: all.map(({ latenciesUs }) => latenciesUs.length),
      endings: all.map(() => ""),
    };
  },
});
