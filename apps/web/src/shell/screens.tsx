"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { HomePage } from "../home/home-page.tsx";
import { SessionPage } from "../session/session-page.tsx";
import { SettingsPage } from "./later-parts.tsx";

/**
 * Which screen an address is of. The browser has all of them, and goes from one to another without asking the server,
 * so a lost network never ends in the browser's own error page.
 *
 * @param notFound what the server rendered for an address that is none of them
 */
export function Screens({ notFound }: { notFound: ReactNode }) {
  const path = usePathname();
  if (path === "/") return <HomePage />;
  if (path === "/settings") return <SettingsPage />;
  const sessionId = sessionIdOf(path);
  return sessionId === null ? notFound : <SessionPage key={sessionId} sessionId={sessionId} />;
}

function sessionIdOf(path: string): string | null {
  return /^\/s\/([^/]+)$/.exec(path)?.[1] ?? null;
}
