import path from "node:path";
import type { NextConfig } from "next";

const workspace = path.join(import.meta.dirname, "../..");

const config: NextConfig = {
  // The workspace packages are TypeScript as it stands.
  transpilePackages: ["@trunkline/client", "@trunkline/contract"],
  turbopack: { root: workspace },
  outputFileTracingRoot: workspace,
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  devIndicators: false,
  // Types are checked by `pnpm check`, with the compiler and the settings of the whole workspace.
  typescript: { ignoreBuildErrors: true },
  // A worker obeys the policy of its own script, and not the page's. This one may load what is beside it, and no more.
  headers: async () => [
    {
      source: "/_next/static/:path*",
      headers: [{ key: "Content-Security-Policy", value: "default-src 'none'; script-src 'self'" }],
    },
    // The offline worker asks this server, and loads nothing else.
    {
      source: "/offline-worker.js",
      headers: [{ key: "Content-Security-Policy", value: "default-src 'none'; connect-src 'self'" }],
    },
  ],
};

export default config;
