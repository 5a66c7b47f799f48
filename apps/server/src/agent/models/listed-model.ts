import { readText, sendRequest } from "./provider-request.ts";
import { addressOf, type ProviderAddress } from "./provider-address.ts";
import { isObject, listOf, parseJson } from "../json-object.ts";

/** Timeout of listing a server's models, in ms. */
const LIST_MODELS_TIMEOUT_MS = 2_000;

/** Maximum length of the list, in UTF-16 units. */
const MAX_LIST_LENGTH = 5_000_000;

/** Gateways list hundreds. */
const MAX_MODELS_LISTED = 2_000;

/** Local servers also list models that can't chat. */
const OTHER_KINDS = /embed|rerank|whisper|tts|transcri|moderation|image|diffusion|\bclip\b/i;

export type ListedModel =
  | { type: "found"; model: string }
  /** The server lists no chat model. `hint` says why, if known. */
  | { type: "none"; hint: string }
  /** No answer, or too late. */
  | { type: "unreachable"; error: unknown };

/** Asks an OpenAI-compatible server for its models and picks the first chat model. @param addressVariable sets its address. */
export async function firstListedModel(
  address: ProviderAddress,
  headers: Readonly<Record<string, string>>,
  addressVariable: string,
): Promise<ListedModel> {
  const answer = await askForModels(address, headers);
  if (!("status" in answer)) return answer;
  const model = modelIn(answer.text);
  if (answer.status < 300 && model !== null) return { type: "found", model };
  if (answer.status === 404 && !/\/v\d+/.test(address.base)) {
    const versioned = { ...address, base: `${address.base}/v1` };
    const other = await askForModels(versioned, headers);
    if ("status" in other && modelIn(other.text) !== null) {
      return {
        type: "none",
        hint: `; its models are at ${versioned.base}, so set ${addressVariable} to that`,
      };
    }
  }
  // A server that is starting, or a gateway in front of one.
  if (answer.status >= 500) return { type: "unreachable", error: new Error(`HTTP ${answer.status}`) };
  return { type: "none", hint: ` (HTTP ${answer.status})` };
}

async function askForModels(
  address: ProviderAddress,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; text: string } | Extract<ListedModel, { type: "unreachable" }>> {
  try {
    const signal = AbortSignal.timeout(LIST_MODELS_TIMEOUT_MS);
    const response = await sendRequest({
      url: addressOf(address, "/models"),
      method: "GET",
      headers,
      signal,
    });
    return { status: response.statusCode ?? 500, text: await readText(response, MAX_LIST_LENGTH) };
  } catch (error) {
    return { type: "unreachable", error };
  }
}

/**
 * Names of the chat models that an OpenAI-compatible server lists.
 * @returns null if it lists none, or does not answer in time
 */
export async function listedModels(
  address: ProviderAddress,
  headers: Readonly<Record<string, string>>,
): Promise<string[] | null> {
  const answer = await askForModels(address, headers);
  if (!("status" in answer) || answer.status >= 300) return null;
  const models = modelsIn(answer.text);
  return models.length === 0 ? null : models.slice(0, MAX_MODELS_LISTED);
}

/** OpenAI's `{ data: [{ id }] }`, or `{ models: [{ name }] }` or a bare list. */
function modelsIn(text: string): string[] {
  const list = parseJson(text);
  const items = isObject(list) ? listOf(list["data"] ?? list["models"]) : listOf(list);
  return items.flatMap((item) => {
    const name = isObject(item) ? (item["id"] ?? item["name"] ?? item["model"]) : item;
    const isChat = typeof name === "string" && /^\S{1,160}$/.test(name) && !OTHER_KINDS.test(name);
    return isChat ? [name] : [];
  });
}

function modelIn(text: string): string | null {
  return modelsIn(text)[0] ?? null;
}
