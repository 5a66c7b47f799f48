import {
  pathParameters,
  type ProcedurePath,
  procedureSchemas,
  REST_ROOT,
  REST_ROUTES,
} from "@trunkline/contract/rest";

export interface SurfaceAnswer {
  status: number;
  /** The result itself, or the error envelope. */
  body: unknown;
}

export type Input = Record<string, unknown>;

/** A way to call a procedure over plain HTTP. */
export interface Surface {
  readonly name: "tRPC" | "REST";
  call(path: ProcedurePath, input: Input): Promise<SurfaceAnswer>;
}

interface Server {
  url: string;
  token: string;
}

export function trpcSurface({ url, token }: Server): Surface {
  return {
    name: "tRPC",
    async call(path, input) {
      const target = `${url}/trpc/${path}`;
      const answer =
        procedureSchemas(path).kind === "mutation"
          ? await fetch(target, jsonRequest("POST", token, input))
          : await fetch(
              `${target}?input=${encodeURIComponent(JSON.stringify(input))}`,
              request("GET", token),
            );
      const body = (await answer.json()) as { result?: { data: unknown } };
      return { status: answer.status, body: body.result === undefined ? body : body.result.data };
    },
  };
}

export function restSurface({ url, token }: Server): Surface {
  return {
    name: "REST",
    async call(path, input) {
      const { method } = REST_ROUTES[path];
      const { target, rest } = restTarget(url, path, input);
      if (method === "POST" || method === "PATCH") {
        const isEmpty = Object.keys(rest).length === 0;
        const init = isEmpty ? request(method, token) : jsonRequest(method, token, rest);
        return toAnswer(await fetch(target, init));
      }
      return toAnswer(await fetch(`${target}?${toQuery(rest).toString()}`, request(method, token)));
    },
  };
}

/** @returns the route of a procedure for this input, and the input fields outside its path */
export function restTarget(url: string, path: ProcedurePath, input: Input): { target: string; rest: Input } {
  const route: string = REST_ROUTES[path].path;
  const names = pathParameters(route);
  const filled = names.reduce(
    (target, name) => target.replace(`{${name}}`, encodeURIComponent(String(input[name]))),
    route,
  );
  const rest = Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name)));
  return { target: `${url}${REST_ROOT}${filled}`, rest };
}

function toQuery(input: Input): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    for (const item of Array.isArray(value) ? value : [value]) query.append(name, String(item));
  }
  return query;
}

function request(method: string, token: string): RequestInit {
  return { method, headers: { authorization: `Bearer ${token}` } };
}

function jsonRequest(method: string, token: string, body: Input): RequestInit {
  return {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

async function toAnswer(response: Response): Promise<SurfaceAnswer> {
  return { status: response.status, body: await response.json() };
}
