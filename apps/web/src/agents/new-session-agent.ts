import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { DEFAULT_AGENT } from "./agent-name.ts";

/** Of the session that the home page starts next. Not remembered: what changes nothing is to be chosen each time. */
const choice = createStore(() => DEFAULT_AGENT);

export const useNewSessionAgent = (): string => useStore(choice);

export function chooseNewSessionAgent(agent: string): void {
  choice.setState(agent, true);
}
