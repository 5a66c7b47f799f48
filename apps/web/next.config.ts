import path from "node:path";
import type { NextConfig } from "next";

const workspace = path.join(import.meta.dirname, "../..");

const config: NextConfig = {
  // The workspace packages are TypeScript sources.
  transpilePackages: ["@trunkline/client", "@trunkline/contract"],
  turbopack: { root: workspace },
  outputFileTracingRoot: workspace,
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // Nothing in them happens on import, which their packages don't say: what is not used of them is left out of the build.
  experimental: { optimizePackageImports: ["@trpc/client", "@trpc/tanstack-react-query"] },
  devIndicators: false,
  // `pnpm check` type-checks, with the compiler and settings of the whole workspace.
  typescript: { ignoreBuildErrors: true },
  // A worker obeys the policy of its own script, not the page's. This one may only load its own chunks.
  headers: async () => [
    {
      source: "/_next/static/:path*",
      headers: [{ key: "Content-Security-Policy", value: "default-src 'none'; script-src 'self'" }],
    },
    // The offline worker only talks to this server.
    {
      source: "/offline-worker.js",
      headers: [{ key: "Content-Security-Policy", value: "default-src 'none'; connect-src 'self'" }],
    },
  ],
};

export default config;
