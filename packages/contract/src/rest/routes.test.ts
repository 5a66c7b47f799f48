import { describe, expect, it } from "vitest";
import { withCommonReasons } from "./common-reasons.ts";
import { pathParameters, restOperations } from "./operations.ts";
import { PROCEDURE_PATHS, procedureSchemas } from "./procedure-schemas.ts";
import type { RestRoute } from "./route.ts";
import { REST_ROUTES } from "./routes.ts";

it("every procedure has a route, and every route a procedure", () => {
  expect(Object.keys(REST_ROUTES).toSorted()).toEqual([...PROCEDURE_PATHS].toSorted());
});

it("no two of a kind share a method and a path", () => {
  const served = restOperations().flatMap(({ call, stream }) =>
    [call, stream].filter((path) => path !== null),
  );
  expect(served.toSorted()).toEqual([...PROCEDURE_PATHS].toSorted());
});

describe.each(PROCEDURE_PATHS)("%s", (path) => {
  const { kind, input, output } = procedureSchemas(path);
  const route: RestRoute = REST_ROUTES[path];

  it("reads by GET, and changes by anything else", () => {
    expect(route.method === "GET").toBe(kind !== "mutation");
  });

  it("has an example that works, where there is a body", () => {
    const inPath = pathParameters(route.path).map((name) => [name, "0199c7a4-0000-7000-8000-000000000000"]);
    if (route.example !== undefined) input?.parse({ ...route.example, ...Object.fromEntries(inPath) });
    const takesBody = kind === "mutation" && Object.keys(input?.shape ?? {}).length > inPath.length;
    expect(route.example !== undefined).toBe(takesBody && route.method !== "DELETE");
  });

  it("names only reasons that not everything of its kind has, each once", () => {
    const common = withCommonReasons([], { changes: kind === "mutation" });
    expect(route.reasons.filter((reason) => common.has(reason))).toEqual([]);
    expect(route.reasons).toHaveLength(new Set(route.reasons).size);
  });

  it("has a schema for what it answers, and streams have none", () => {
    expect(output === null).toBe(kind === "subscription");
  });

  it("finds the names in its path in its input, as required fields", () => {
    for (const name of pathParameters(route.path)) {
      expect(input?.shape[name], name).toBeDefined();
      expect(input?.shape[name]?.safeParse(undefined).success, name).toBe(false);
    }
  });
});
