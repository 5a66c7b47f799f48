"use client";

import { setNonce } from "get-nonce";
import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";
import { ApiProvider } from "../api/api-provider.tsx";

export function AppProviders({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  // For the style elements that dialogs insert while they lock scrolling.
  if (nonce !== undefined) setNonce(nonce);
  return (
    <ThemeProvider attribute="class" enableSystem nonce={nonce}>
      <ApiProvider>{children}</ApiProvider>
    </ThemeProvider>
  );
}
