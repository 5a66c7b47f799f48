import type { ConfigSections } from "./schema.ts";

export type { DiskSettings } from "./sections/disk.ts";
export type { RetentionSettings } from "./sections/retention.ts";

/** trunkline.config.json, read and found right. */
export interface ConfigFile {
  readonly sections: ConfigSections;
  /** Values of all variables that it names. */
  readonly secrets: readonly string[];
  /** Value of a variable that it names. */
  valueOf(name: string): string;
}
