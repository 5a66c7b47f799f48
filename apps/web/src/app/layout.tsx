import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { TAKE_KEY_SCRIPT } from "../auth/page-key.ts";
import { EARLY_SESSION_SCRIPT } from "../session-stream/early-session-script.ts";
import { AppProviders } from "../shell/app-providers.tsx";
import { AppShell } from "../shell/app-shell.tsx";
import { mono, sans } from "../theme/fonts.ts";
import { nonceOf } from "../theme/nonce-of.ts";
import "./globals.css";
import { BASE_PATH, placed } from "../navigation/base-path.ts";

export const metadata: Metadata = {
  title: "Trunkline",
  description: "Agents at work: their sessions, live.",
  referrer: "no-referrer",
  robots: { index: false },
  manifest: placed("/manifest.webmanifest"),
  icons: {
    icon: { url: placed("/icon.svg"), type: "image/svg+xml", sizes: "any" },
    apple: { url: placed("/icons/180.png"), sizes: "180x180" },
  },
  // iOS takes no name and no display mode from the manifest alone.
  appleWebApp: { capable: true, title: "Trunkline", statusBarStyle: "default" },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  interactiveWidget: "resizes-content",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#0e0f11" },
  ],
};

const ASK_EARLY = { __html: EARLY_SESSION_SCRIPT };
const TAKE_KEY = { __html: TAKE_KEY_SCRIPT };

/**
 * A shell without data: the browser fetches everything from the API, a session's newest page before the app is loaded. Still rendered for each request, because its
 * scripts need that request's nonce.
 */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = nonceOf((await headers()).get("content-security-policy"));
  return (
    <html
      lang="en"
      className={`${sans.variable} ${mono.variable}`}
      data-base-path={BASE_PATH || undefined}
      suppressHydrationWarning
    >
      <body>
        {/* Asynchronous, so that it does not wait for the style sheets, as every other script in a page does. */}
        {/* oxlint-disable-next-line react/no-danger -- constants, which escaped would be no scripts */}
        <script type="module" async nonce={nonce} dangerouslySetInnerHTML={ASK_EARLY} />
        {/* oxlint-disable-next-line react/no-danger -- as above */}
        <script nonce={nonce} dangerouslySetInnerHTML={TAKE_KEY} />
        <AppProviders nonce={nonce}>
          <AppShell>{children}</AppShell>
        </AppProviders>
      </body>
    </html>
  );
}
