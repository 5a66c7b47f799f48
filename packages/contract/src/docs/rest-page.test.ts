import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { restOperations } from "../rest/operations.ts";
import { REST_ROOT } from "../rest/routes.ts";

it("docs/rest.md names an equivalent that exists for each of the original's routes", async () => {
  const page = await readFile(new URL("../../../../docs/rest.md", import.meta.url), "utf8");
  const rows = Array.from(page.matchAll(/^\| `([A-Z]+ [^`]+)` \| `([A-Z]+ [^`]+)` \|/gm));
  expect(rows.map(([, original]) => original)).toEqual([
    "POST /api/tasks",
    "GET /api/tasks/:id",
    "POST /api/tasks/:id/cancel",
    "GET /api/sessions",
    "GET /api/sessions/:id",
    "DELETE /api/sessions/:id",
    "POST /api/sessions/:id/fork",
    "GET /api/sse?session_id=",
  ]);
  const routes = restOperations().map(({ method, path }) => `${method} ${REST_ROOT}${path}`);
  for (const [, , equivalent] of rows) expect(routes).toContain(equivalent);
});
