"use client";

import { usePath } from "../navigation/use-path.ts";
import type { ReactNode } from "react";
import { HomePage } from "../home/home-page.tsx";
import { SessionPage } from "../session/session-page.tsx";
import { SettingsPage } from "./later-parts.tsx";

/**
 * The screen of an address. The browser has all of them and switches without a request, so a lost network never ends in
 * the browser's error page.
 *
 * @param notFound what the server rendered for an unknown address
 */
export function Screens({ notFound }: { notFound: ReactNode }) {
  const path = usePath();
  if (path === "/") return <HomePage />;
  if (path === "/settings") return <SettingsPage />;
  const sessionId = sessionIdOf(path);
  return sessionId === null ? notFound : <SessionPage key={sessionId} sessionId={sessionId} />;
}

function sessionIdOf(path: string): string | null {
  return /^\/s\/([^/]+)$/.exec(path)?.[1] ?? null;
}
