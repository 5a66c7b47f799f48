import { createContext } from "react";

/** The comment to be scrolled to; a new object each time. */
export const RevealContext = createContext<{ id: string } | null>(null);
