import { z } from "zod";
import type { WebHit, WebSearch } from "./port.ts";
import { WebSearchError } from "./port.ts";
import { requestJson } from "./request-json.ts";

/** As `search` in trunkline.config.json, with the key's value. */
export interface WebSearchSettings {
  provider: "brave" | "tavily" | "searxng";
  key: string | undefined;
  baseUrl: string | undefined;
}

export function openWebSearch({ provider, key = "", baseUrl }: WebSearchSettings): WebSearch {
  return { brave, tavily, searxng }[provider](key, baseUrl);
}

const Text = z.string().nullish();

/** https://api-dashboard.search.brave.com/app/documentation/web-search */
function brave(key: string, baseUrl = "https://api.search.brave.com"): WebSearch {
  const Answer = z.object({
    web: z.object({ results: z.array(z.object({ title: Text, url: Text, description: Text })) }).optional(),
  });
  return engine("Brave Search", Answer, {
    async ask(query, { count, signal }) {
      const url = new URL("/res/v1/web/search", baseUrl);
      url.search = new URLSearchParams({
        q: query,
        count: String(count),
        text_decorations: "false",
      }).toString();
      return requestJson("Brave Search", url, {
        headers: { accept: "application/json", "x-subscription-token": key },
        signal,
      });
    },
    hits: ({ web }) => (web?.results ?? []).map(({ description: text, ...hit }) => ({ ...hit, text })),
  });
}

/** https://docs.tavily.com/documentation/api-reference/endpoint/search */
function tavily(key: string, baseUrl = "https://api.tavily.com"): WebSearch {
  const Answer = z.object({ results: z.array(z.object({ title: Text, url: Text, content: Text })) });
  return engine("Tavily", Answer, {
    ask: async (query, { count, signal }) =>
      requestJson("Tavily", new URL("/search", baseUrl), {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ query, max_results: count }),
        signal,
      }),
    hits: ({ results }) => results.map(({ content: text, ...hit }) => ({ ...hit, text })),
  });
}

/** https://docs.searxng.org/dev/search_api.html */
function searxng(key: string, baseUrl = ""): WebSearch {
  const Answer = z.object({ results: z.array(z.object({ title: Text, url: Text, content: Text })) });
  return engine("SearXNG", Answer, {
    async ask(query, { signal }) {
      const url = new URL("search", baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
      url.search = new URLSearchParams({ q: query, format: "json" }).toString();
      const headers = { accept: "application/json", ...(key !== "" && { authorization: `Bearer ${key}` }) };
      return requestJson("SearXNG", url, { headers, signal });
    },
    hits: ({ results }) => results.map(({ content: text, ...hit }) => ({ ...hit, text })),
  });
}

function engine<Answer>(
  name: string,
  schema: z.ZodType<Answer>,
  {
    ask,
    hits,
  }: {
    ask(query: string, options: { count: number; signal: AbortSignal }): Promise<unknown>;
    hits(answer: Answer): { [K in keyof WebHit]?: string | null | undefined }[];
  },
): WebSearch {
  return {
    name,
    async search(query, options) {
      const answer = schema.safeParse(await ask(query, options));
      if (!answer.success)
        throw new WebSearchError(`${name} answered with something that is no list of pages`);
      return hits(answer.data)
        .flatMap(({ title, url, text }) =>
          isWebAddress(url) ? [{ title: title ?? "", url, text: text ?? "" }] : [],
        )
        .slice(0, options.count);
    },
  };
}

function isWebAddress(url: string | null | undefined): url is string {
  const { protocol } = URL.parse(url ?? "") ?? {};
  return protocol === "http:" || protocol === "https:";
}
