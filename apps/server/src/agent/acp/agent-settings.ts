import type { ConfigFile } from "../../config-file/port.ts";
import type { ConfiguredAgent } from "../../config-file/sections/agents.ts";
import { type ProviderSetting, SettingError } from "../models/provider-setting.ts";
import type { AcpAgentSetting } from "./agent-setting.ts";
import type { AcpPreset } from "./preset.ts";
import { PRESETS } from "./presets.ts";

/** The known agents and the operator's. @throws SettingError that says where it is wrong. */
export function agentSettings(
  file: Pick<ConfigFile, "sections" | "valueOf">,
  providers: readonly ProviderSetting[],
): AcpAgentSetting[] {
  const configured: Record<string, ConfiguredAgent> = file.sections.agents ?? {};
  const known = Object.keys(PRESETS).filter((name) => !Object.hasOwn(configured, name));
  return [
    ...known.map((name) => settingOf(name, { preset: name as keyof typeof PRESETS }, file, providers)),
    ...Object.entries(configured).map(([name, agent]) => settingOf(name, agent, file, providers)),
  ];
}

function settingOf(
  name: string,
  agent: ConfiguredAgent,
  { valueOf }: Pick<ConfigFile, "valueOf">,
  providers: readonly ProviderSetting[],
): AcpAgentSetting {
  const preset: AcpPreset | null = agent.preset === undefined ? null : PRESETS[agent.preset];
  const [program, ...rest] = agent.command ?? preset?.command ?? [];
  if (program === undefined)
    throw new SettingError(`agents.${name}.command in trunkline.config.json is missing`);
  const provider = providerFor(name, preset, agent.provider, providers);
  const environment = Object.entries(agent.env ?? {}).map(([variable, value]): [string, string] => [
    variable,
    typeof value === "string" ? value : valueOf(value.variable),
  ]);
  return {
    name,
    title: preset?.title ?? name,
    description: agent.description ?? `${preset?.title ?? name}, by the Agent Client Protocol`,
    command: [program, ...rest],
    install:
      preset === null
        ? `Install it, or correct agents.${name}.command in trunkline.config.json`
        : `Install it: ${preset.install}`,
    preset,
    provider,
    missing: preset === null || provider !== null || agent.env !== undefined ? null : missingProvider(preset),
    model: agent.model ?? provider?.defaultModel ?? null,
    hosts: agent.hosts ?? [],
    shown: agent.shown ?? [],
    environment: Object.fromEntries(environment),
    asks: agent.permissions === "policy" ? "policy" : "always",
  };
}

function providerFor(
  name: string,
  preset: AcpPreset | null,
  wanted: string | undefined,
  providers: readonly ProviderSetting[],
): ProviderSetting | null {
  if (wanted === undefined) {
    const kinds = preset?.kinds ?? [];
    return kinds.flatMap((kind) => providers.filter((provider) => provider.kind === kind))[0] ?? null;
  }
  const provider = providers.find((candidate) => candidate.name === wanted);
  const at = `agents.${name}.provider in trunkline.config.json`;
  if (provider === undefined) throw new SettingError(`${at}: there is no provider '${wanted}'`);
  if (preset !== null && !preset.kinds.includes(provider.kind)) {
    const kinds = preset.kinds.join(" or ");
    throw new SettingError(
      `${at}: ${preset.title} needs a provider of the kind ${kinds}, and '${wanted}' is ${provider.kind}`,
    );
  }
  return provider;
}

const KEYS: Record<ProviderSetting["kind"], string> = {
  "openai-compatible": "OPENAI_BASE_URL",
  openai: "OPENAI_API_KEY (without OPENAI_BASE_URL)",
  anthropic: "ANTHROPIC_API_KEY",
  google: "GOOGLE_GENERATIVE_AI_API_KEY",
};

function missingProvider({ kinds }: AcpPreset): string {
  const ways = kinds.map((kind) => KEYS[kind]).join(" or ");
  return `has no model provider here. Set ${ways}, or one under providers in trunkline.config.json`;
}
