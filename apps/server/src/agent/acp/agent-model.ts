import type { PricedModel } from "../../usage/port.ts";
import { upstreamOf } from "../models/provider-upstream.ts";
import type { AcpAgentSetting } from "./agent-setting.ts";

/** Whose prices hold for an agent's calls. */
export function pricedModel({ name, provider }: AcpAgentSetting, model: string | null): PricedModel {
  if (provider === null || model === null) return { name: `acp:${name}` };
  const { kind, base: address } = upstreamOf(provider);
  return { name: `${provider.name}:${model}`, pricing: { kind, address } };
}

/** The provider's name for the task's model, if it is that provider's; else the agent's own. */
export function modelFor({ provider, model }: AcpAgentSetting, name: string): string | null {
  const prefix = `${provider?.name}:`;
  return provider !== null && name.startsWith(prefix) ? name.slice(prefix.length) : model;
}
