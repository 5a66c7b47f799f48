import type { ProviderSetting } from "../models/provider-setting.ts";

/** An agent that is known to work, and what it needs. */
export interface AcpPreset {
  /** For people. */
  title: string;
  command: readonly [string, ...string[]];
  /** How to get it. */
  install: string;
  /** APIs that its model provider may speak, the best first. */
  kinds: readonly ProviderSetting["kind"][];
  /** It reads and writes the workspace's files itself, although it could have the server do it. */
  hasOwnFiles?: true;
  /** How to point it to its provider and keep it from asking, updating and reporting. */
  launch(context: LaunchContext): Launch;
}

export interface LaunchContext {
  /** Its home. */
  home: string;
  /** Where `files` will be. */
  settings: string;
  provider: {
    kind: ProviderSetting["kind"];
    /** Without the API's version, e.g. `http://127.0.0.1:3128/TOKEN`. */
    address: string;
    /** Null: the agent's own default. */
    model: string | null;
  };
  isSandboxed: boolean;
}

export interface Launch {
  environment: Readonly<Record<string, string>>;
  /** Files that it may read, by name. */
  files?: Readonly<Record<string, string>>;
  /** The mode that it works in, by the name that it has for it. */
  mode?: string;
}

/** In the place of a key: the gateway has the real one. */
export const NO_KEY = "trunkline";
