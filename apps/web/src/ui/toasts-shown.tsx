import dynamic from "next/dynamic";
import { useState } from "react";
import { useStore } from "zustand";
import { toasts } from "./toasts.ts";

const Toaster = dynamic(async () => (await import("./toaster.tsx")).Toaster, { ssr: false });

/** Toasts, loaded with the first of them. */
export function Toasts() {
  const hasAny = useStore(toasts, (shown) => shown.length > 0);
  const [wasUsed, setWasUsed] = useState(false);
  if (hasAny && !wasUsed) setWasUsed(true);
  return wasUsed ? <Toaster /> : null;
}
