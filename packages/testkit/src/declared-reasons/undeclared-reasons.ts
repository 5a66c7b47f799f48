import { openApiDocument, reasonsOf, REST_ROOT } from "@trunkline/contract/rest";

/** A refusal as a client saw it. */
export interface SeenRefusal {
  method: string;
  url: string;
  body: string;
}

interface RefusalData {
  reason: string;
  path?: string;
}

/**
 * Where a server answered with a reason that the API does not declare for what was called.
 * @returns a line each, without duplicates
 */
export function undeclaredReasons(refusals: readonly SeenRefusal[]): string[] {
  const found = new Set<string>();
  for (const refusal of refusals) {
    for (const { reason, path } of refusalsIn(refusal.body)) {
      const declared = path === undefined ? undefined : reasonsOf(path);
      const isDeclared =
        declared === undefined
          ? isDocumented(refusal, reason)
          : (declared as ReadonlySet<string>).has(reason);
      if (!isDeclared)
        found.add(`${path ?? `${refusal.method} ${pathOf(refusal.url)}`} refused with '${reason}'`);
    }
  }
  return [...found];
}

/** Of a batch, several; none if another server sent it. */
function refusalsIn(body: string): RefusalData[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return [];
  }
  return [parsed].flat().flatMap((each) => {
    const { reason, path } = (each as { error?: { data?: Partial<RefusalData> } } | null)?.error?.data ?? {};
    return typeof reason === "string" ? [{ reason, ...(typeof path === "string" && { path }) }] : [];
  });
}

/** What HTTP refused before a procedure was called, and files; what is no part of the API declares nothing. */
function isDocumented({ method, url }: SeenRefusal, reason: string): boolean {
  const responses = operations().find(
    (each) => each.method === method && each.path.test(pathOf(url)),
  )?.responses;
  if (responses === undefined) return true;
  // By any status: HTTP's may be more precise than the reason's.
  return Object.values(responses).some(({ description }) => description.includes(`\`${reason}\``));
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

interface Operation {
  method: string;
  path: RegExp;
  responses: Record<string, { description: string }>;
}

let known: Operation[] | undefined;

function operations(): Operation[] {
  known ??= Object.entries(openApiDocument({ version: "" }).paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      path: patternOf(template),
      responses,
    })),
  );
  return known;
}

/** Below any base path. A file's path has slashes of its own. */
function patternOf(template: string): RegExp {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "path" ? ".+" : "[^/]+"));
  return new RegExp(`${REST_ROOT}${path}$`);
}
