import { createHash } from "node:crypto";
import { html, raw } from "hono/html";

const STYLE = `
  :root { color-scheme: light dark; --text: #1c1c1c; --soft: #666; --back: #fff; --box: #f4f4f5; }
  @media (prefers-color-scheme: dark) { :root { --text: #ededed; --soft: #a0a0a0; --back: #111; --box: #1e1e20; } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back);
    color: var(--text); font: 16px/1.6 system-ui, sans-serif; }
  main { max-width: 26rem; padding: 2rem; }
  h1 { margin: 0 0 .75rem; font-size: 1.25rem; font-weight: 600; }
  p { margin: .5rem 0; color: var(--soft); }
  button { margin: .5rem 0; padding: .4rem .9rem; border: 1px solid; border-radius: .4em; background: var(--box);
    color: var(--text); font: inherit; cursor: pointer; }
  a { color: inherit; }
  code { padding: .1em .4em; border-radius: .3em; background: var(--box); color: var(--text);
    font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

export interface Page {
  status: number;
  title: string;
  /** Built with hono's `html`, which escapes values. */
  body: ReturnType<typeof html>;
  /** Whether it contains a form that posts to this server. */
  hasForm?: boolean;
  /** Seconds until the browser reloads. */
  refreshSeconds?: number;
  headers?: Record<string, string>;
}

/** A self-contained page: no scripts, no images, its style allowed by hash. */
export async function htmlPage(options: Page): Promise<Response> {
  const { status, title, body, hasForm = false, refreshSeconds, headers } = options;
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refreshSeconds === undefined ? "" : html`<meta http-equiv="refresh" content="${String(refreshSeconds)}" />`}
        <title>${title} · Trunkline</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
  return new Response(String(page), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action ${hasForm ? "'self'" : "'none'"}`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      // With "no-referrer", browsers send forms with "Origin: null".
      "referrer-policy": hasForm ? "same-origin" : "no-referrer",
      ...headers,
    },
  });
}
