import type { ProviderSetting } from "../models/provider-setting.ts";
import type { AcpPreset } from "./preset.ts";

/** An agent as the operator has set it up, or as it is known. */
export interface AcpAgentSetting {
  /** After `acp:`. */
  name: string;
  title: string;
  description: string;
  command: readonly [string, ...string[]];
  /** What to do if it is not installed, a sentence. */
  install: string;
  preset: AcpPreset | null;
  /** Where its model is; null: it knows itself. */
  provider: ProviderSetting | null;
  /** What keeps it from working, to follow its title; null: nothing. */
  missing: string | null;
  /** The provider's name for the model, for tasks whose own is another provider's; null: the agent's default. */
  model: string | null;
  /** Hosts that it may reach beside its provider. */
  hosts: readonly string[];
  /** Directories that it may read. */
  shown: readonly string[];
  environment: Readonly<Record<string, string>>;
  asks: "always" | "policy";
}
