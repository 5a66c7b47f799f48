import type { ModelList } from "@trunkline/contract";
import { type Finding, nameSome } from "./finding.ts";

interface ModelServer {
  name: string;
  /** Where it listens unless told otherwise. */
  url: string;
  /** Whether an answer at that place is this server's; other programs use the same ports. */
  isIts: (model: ListedModel) => boolean;
}

interface ListedModel {
  id: string;
  owned_by?: unknown;
}

const SERVERS: readonly ModelServer[] = [
  { name: "Ollama", url: "http://127.0.0.1:11434", isIts: ({ owned_by: owner }) => owner !== "llamacpp" },
  { name: "LM Studio", url: "http://127.0.0.1:1234", isIts: ({ owned_by: owner }) => owner !== "llamacpp" },
  { name: "llama.cpp", url: "http://127.0.0.1:8080", isIts: ({ owned_by: owner }) => owner === "llamacpp" },
];

const TIMEOUT_MS = 1_000;
const MAX_LENGTH = 1_000_000;

/**
 * Model servers that run on this machine, as a hint: none is used unless it is configured.
 * @param used what our server has; null: it does not say
 * @param servers places to look at; default: where these servers listen by themselves
 */
export async function checkModelServers(
  used: Pick<ModelList, "models" | "providers"> | null,
  servers: readonly ModelServer[] = SERVERS,
): Promise<Finding[]> {
  const found = await Promise.all(
    servers.map(async (server) => ({ server, models: await modelsOf(server) })),
  );
  return found.flatMap(({ server, models }) => (models === null ? [] : [describe(server, models, used)]));
}

async function modelsOf({ url, isIts }: ModelServer): Promise<string[] | null> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`${url}/v1/models`, { signal, redirect: "error" });
    if (!response.ok || Number(response.headers.get("content-length") ?? 0) > MAX_LENGTH) return null;
    const { data } = (await response.json()) as { data?: unknown };
    if (!Array.isArray(data)) return null;
    const models = data.filter(isListed);
    // Nothing is loaded, which only the two that keep models by themselves can say.
    if (models.length === 0) return isIts({ id: "" }) ? [] : null;
    return models.every(isIts) ? models.map(({ id }) => id) : null;
  } catch {
    // Nothing listens there, or something else does.
    return null;
  }
}

function isListed(model: unknown): model is ListedModel {
  return typeof model === "object" && model !== null && "id" in model && typeof model.id === "string";
}

function describe(
  { name, url }: ModelServer,
  models: readonly string[],
  used: Pick<ModelList, "models" | "providers"> | null,
): Finding {
  const has = models.length === 0 ? "no model yet" : nameSome(models);
  const use = isUsed(models, used)
    ? ""
    : `. To use it, start the server with OPENAI_BASE_URL=${url}/v1, or add it to providers`;
  return { check: "model server", level: "ok", message: `${name} at ${url}: ${has}${use}` };
}

/** By its models: nobody is told a provider's address. */
function isUsed(ids: readonly string[], used: Pick<ModelList, "models" | "providers"> | null): boolean {
  if (used === null || ids.length === 0) return false;
  const known = new Set(used.models.map(({ name }) => name));
  return used.providers.some(
    ({ name, isReachable }) => isReachable === true && ids.every((id) => known.has(`${name}:${id}`)),
  );
}
