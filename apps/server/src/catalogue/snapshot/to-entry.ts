import { type Effort, EFFORTS } from "@trunkline/contract";
import type { CatalogueModel } from "../port.ts";

/** A model as the source has it. */
export interface SourceModel {
  id: string;
  name: string;
  api: string;
  baseUrl: string;
  type: string;
  reasoning: boolean;
  input: string[];
  contextWindow: number;
  maxTokens: number;
  /** By level; null: it has none of that; absent: the common levels are there, the others are not. */
  thinkingLevelMap?: Partial<Record<string, string | null>>;
}

export function toEntry(model: SourceModel): [id: string, entry: CatalogueModel] {
  return [
    model.id,
    {
      title: model.name,
      contextTokens: model.contextWindow,
      maxOutputTokens: model.maxTokens,
      readsImages: model.input.includes("image"),
      efforts: EFFORTS.filter((effort) => model.reasoning && hasEffort(model, effort)),
    },
  ];
}

function hasEffort({ api, thinkingLevelMap: levels = {} }: SourceModel, effort: Effort): boolean {
  const level = levels[effort === "none" ? "off" : effort];
  switch (effort) {
    // Where nothing is said, leaving the field out is meant, which turns nothing off.
    case "none":
      return level === "none" || (level === undefined && !api.startsWith("openai-"));
    case "xhigh":
    case "max":
      return level === effort;
    default:
      // Some names of levels stand for others.
      return level === undefined || level?.toLowerCase() === effort;
  }
}
