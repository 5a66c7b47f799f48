import type { SessionConfigOption, SessionModeState } from "@agentclientprotocol/sdk";
import type { TrunklineClient } from "@trunkline/client";
import { type Effort, EFFORTS, type Session } from "@trunkline/contract";

/** Value of "whatever the server or the model has". */
const DEFAULT = "default";

/** The server's agents are the editor's modes. What an agent lacks here, it can't be. */
export async function modesOf(client: TrunklineClient, { agent }: Session): Promise<SessionModeState> {
  const { agents } = await client.agent.list.query();
  return {
    currentModeId: agent,
    availableModes: agents
      .filter(({ name, needs }) => needs === null || name === agent)
      .map(({ name, description }) => ({ id: name, name, description })),
  };
}

/** Model and effort. */
export async function optionsOf(
  client: TrunklineClient,
  { model, effort }: Pick<Session, "model" | "effort">,
): Promise<SessionConfigOption[]> {
  const { models } = await client.model.list.query();
  const standard = models.find(({ isDefault }) => isDefault);
  const names = new Set([...models.map(({ name }) => name), ...(model === null ? [] : [model])]);
  const titleOf = (name: string): string => models.find((one) => one.name === name)?.title ?? name;
  const current = models.find(({ name }) => name === (model ?? standard?.name));
  const efforts = current?.efforts ?? EFFORTS;
  return [
    {
      type: "select",
      id: "model",
      name: "Model",
      category: "model",
      currentValue: model ?? DEFAULT,
      options: [
        { value: DEFAULT, name: `Default${standard === undefined ? "" : ` (${standard.name})`}` },
        ...[...names].map((name) => ({ value: name, name: titleOf(name) })),
      ],
    },
    {
      type: "select",
      id: "effort",
      name: "Effort",
      category: "thought_level",
      currentValue: effort ?? DEFAULT,
      options: [
        {
          value: DEFAULT,
          name: `Default${typeof current?.effort !== "string" ? "" : ` (${current.effort})`}`,
        },
        ...[...new Set([...efforts, ...(effort === null ? [] : [effort])])].map((level) => ({
          value: level,
          name: level,
        })),
      ],
    },
  ];
}

/** @returns what `session.update` takes; null: there is no such option */
export function settingOf(
  configId: string,
  value: string | boolean,
): { model: string | null } | { effort: Effort | null } | null {
  if (configId === "model" && typeof value === "string") return { model: value === DEFAULT ? null : value };
  if (configId !== "effort") return null;
  const effort = EFFORTS.find((level) => level === value);
  return value === DEFAULT || effort !== undefined ? { effort: effort ?? null } : null;
}
