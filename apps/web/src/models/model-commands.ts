import type { Command, Commands } from "../completion/command.ts";
import { type ChosenModel, defaultEffortName, effortName, effortsOf, shortName } from "./model-choice.tsx";
import { useModels } from "./use-models.ts";

/** `/model` and `/effort`; none where there is nothing to choose from. */
export function useModelCommands(
  chosen: ChosenModel,
  choose: (next: Partial<ChosenModel>) => void,
): Commands {
  const { data, isLoading } = useModels();
  const models = data?.models ?? [];
  if (models.length < 2) return { commands: [], isLoading };
  const standard = models.find(({ isDefault }) => isDefault);
  const current = chosen.model === null ? standard : models.find(({ name }) => name === chosen.model);
  const efforts = effortsOf(current, chosen);
  const model: Command = {
    name: "model",
    does: "Change the model",
    options: [
      {
        label: standard === undefined ? "Default model" : `${shortName(standard)} (default)`,
        isCurrent: chosen.model === null,
        run: () => choose({ model: null }),
      },
      ...models.map((each) => ({
        label: each.name,
        isCurrent: each.name === chosen.model,
        run: () => choose({ model: each.name }),
      })),
    ],
  };
  const effort: Command = {
    name: "effort",
    does: "Change the reasoning effort",
    options: [
      {
        label: defaultEffortName(current),
        isCurrent: chosen.effort === null,
        run: () => choose({ effort: null }),
      },
      ...efforts.map((each) => ({
        label: effortName(each),
        isCurrent: each === chosen.effort,
        run: () => choose({ effort: each }),
      })),
    ],
  };
  return { commands: efforts.length === 0 ? [model] : [model, effort], isLoading };
}
