import { z } from "zod";

/** Patience with a server that is asked for its models while ours starts, in ms. */
const LIST_MODELS_TIMEOUT_MS = 2_000;

const ModelList = z.looseObject({ data: z.array(z.looseObject({ id: z.string().min(1) })) });

/** Names of models that are no chat models, which local servers list among the others. */
const OTHER_KINDS = /embed|rerank|whisper|tts|transcri|moderation|image|diffusion|\bclip\b/i;

/**
 * Asks an OpenAI-compatible server for its models.
 * @returns the first one that can chat, by its name; null where the list cannot be read or has none.
 */
export async function firstListedModel(baseUrl: string, apiKey: string | undefined): Promise<string | null> {
  try {
    const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(LIST_MODELS_TIMEOUT_MS),
    });
    const list = ModelList.safeParse(await response.json());
    return list.data?.data.find(({ id }) => !OTHER_KINDS.test(id) && !/\s/.test(id))?.id ?? null;
  } catch {
    // Not there, too slow, or no JSON: the caller says what to do about it.
    return null;
  }
}
