import { createContext, useContext } from "react";

/** Set where a session is shown to somebody who may only look: what would call the server on the owner's behalf is not shown. */
export const ReadOnlyContext = createContext(false);

export const useIsReadOnly = (): boolean => useContext(ReadOnlyContext);
