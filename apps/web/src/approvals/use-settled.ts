import { useEffect, useState } from "react";

/** How long something has to have been there before it may be answered, in ms. */
const SETTLED_MS = 500;

/** @returns whether this very thing has been shown for a moment. */
export function useSettled(key: string | null): boolean {
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return key !== null && settled === key;
}
