/** Content policy of the UI's pages; everything not listed is off. */
export function uiPolicy({ nonce, dev }: { nonce: string; dev: boolean }): string {
  return [
    "default-src 'none'",
    // React needs eval in development to rebuild stacks; nothing does in production.
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    // Style attributes only: used by React and by highlighted code.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
}
