import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Services } from "@trunkline/contract";
import { openApiDocument, REST_ROOT } from "@trunkline/contract/rest";
import type { Hono } from "hono";
import { html } from "hono/html";
import { PAGE_KEY_HEADER } from "./browser-cookie.ts";
import type { Site } from "./site.ts";
import type { HttpContext, HttpEnv } from "./http-env.ts";

const DOCUMENT_PATH = `${REST_ROOT}/openapi.json`;
const PAGE_PATH = `${REST_ROOT}/docs`;

/** Files of the docs page from its package, by media type. */
const FILES = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
} as const;

/** Where the UI keeps the key (apps/web/src/auth/page-key.ts). */
const PAGE_KEY_ITEM = "trunkline.page-key";

/** The description and its page: opened as an address, and so without a key. They hold no user's data. */
export function isApiDocs(path: string): boolean {
  return path === DOCUMENT_PATH || path === PAGE_PATH || path.startsWith(`${PAGE_PATH}/`);
}

/** Starts the page. The validator is off: it would be somebody else's server. */
const startScript = (
  basePath: string,
): string => `if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.classList.add("dark-mode");
SwaggerUIBundle({
  url: ${JSON.stringify(basePath + DOCUMENT_PATH)},
  dom_id: "#page",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  requestInterceptor(request) {
    const key = localStorage.getItem(${JSON.stringify(basePath + PAGE_KEY_ITEM)});
    if (key !== null) request.headers[${JSON.stringify(PAGE_KEY_HEADER)}] = key;
    return request;
  },
});
`;

/** Everything comes from this server; images are in the style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Serves the API description, and a page to read and try it, to signed-in users and token holders. */
export function registerApiDocs(
  app: Hono<HttpEnv>,
  { services, site: { basePath } }: { services: Services; site: Pick<Site, "basePath"> },
): void {
  let document: string | undefined;

  app.get(DOCUMENT_PATH, async (c) => {
    if (document === undefined) {
      const { version } = await services.server.info(c.get("authenticated").principal);
      document = JSON.stringify(openApiDocument({ version, basePath }));
    }
    return c.body(document, 200, { "content-type": "application/json" });
  });

  app.get(PAGE_PATH, async (c) =>
    c.html(page(basePath + PAGE_PATH), 200, {
      "content-security-policy": POLICY,
      "cache-control": "no-cache",
    }),
  );
  app.get(`${PAGE_PATH}/start.js`, (c) =>
    c.body(startScript(basePath), 200, asset("text/javascript; charset=utf-8")),
  );
  for (const [name, mediaType] of Object.entries(FILES)) {
    app.get(`${PAGE_PATH}/${name}`, async (c: HttpContext) =>
      c.body(await packaged(name), 200, asset(mediaType)),
    );
  }
}

function page(path: string) {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>API · Trunkline</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${path}/swagger-ui.css" />
        <script src="${path}/swagger-ui-bundle.js" defer></script>
        <script src="${path}/start.js" defer></script>
      </head>
      <body>
        <main id="page"></main>
      </body>
    </html>`;
}

/** Private and short-lived: another server version may have another one. */
function asset(mediaType: string): Record<string, string> {
  return { "content-type": mediaType, "cache-control": "private, max-age=3600" };
}

async function packaged(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { resolve } = createRequire(import.meta.url);
  return new Uint8Array(await readFile(resolve(`swagger-ui-dist/${name}`)));
}
