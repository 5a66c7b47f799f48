import type { Effort, Model } from "@trunkline/contract";
import { useModels } from "./use-models.ts";
import { grouped } from "../text/quantity.ts";

const FIELD =
  "field-sizing-content h-7 min-w-0 rounded-md border border-transparent bg-transparent px-1 text-xs text-muted transition-colors hover:border-line hover:bg-hover focus:border-accent max-md:h-9 max-md:text-[16px]";

/** What tasks are asked to use; null: the default. */
export interface ChosenModel {
  model: string | null;
  effort: Effort | null;
}

/** Model and effort. Where there is nothing to choose from, nothing is shown. */
export function ModelChoice({
  chosen,
  choose,
}: {
  chosen: ChosenModel;
  choose: (next: Partial<ChosenModel>) => void;
}) {
  const { data: list } = useModels();
  if (list === undefined || list.models.length < 2) return null;
  const { models } = list;
  const standard = models.find(({ isDefault }) => isDefault);
  const current = chosen.model === null ? standard : models.find(({ name }) => name === chosen.model);
  const isUnlisted = chosen.model !== null && current === undefined;
  const efforts = effortsOf(current, chosen);
  return (
    <span className="flex min-w-0 items-center gap-x-1">
      <select
        value={chosen.model ?? ""}
        aria-label="Model"
        translate="no"
        title={current === undefined ? undefined : describeModel(current)}
        onChange={(event) => choose({ model: event.target.value || null })}
        className={`${FIELD} max-w-60 max-sm:max-w-40`}
      >
        <option value="">
          {standard === undefined ? "Default model" : `${shortName(standard)} (default)`}
        </option>
        {isUnlisted && <option value={chosen.model ?? ""}>{chosen.model}</option>}
        {[...Map.groupBy(models, ({ provider }) => provider)].map(([provider, ofProvider]) => (
          <optgroup key={provider} label={provider}>
            {ofProvider.map((model) => (
              <option key={model.name} value={model.name}>
                {shortName(model)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      {efforts.length > 0 && (
        <select
          value={chosen.effort ?? ""}
          aria-label="Reasoning effort"
          onChange={(event) => choose({ effort: (event.target.value || null) as Effort | null })}
          className={FIELD}
        >
          <option value="">{defaultEffortName(current)}</option>
          {efforts.map((effort) => (
            <option key={effort} value={effort}>
              {effortName(effort)}
            </option>
          ))}
        </select>
      )}
    </span>
  );
}

const EFFORT_NAMES: Readonly<Record<string, string>> = {
  none: "No reasoning",
  minimal: "Minimal effort",
  low: "Low effort",
  medium: "Medium effort",
  high: "High effort",
  xhigh: "Extra high effort",
  max: "Max effort",
} satisfies Record<Effort, string>;

export const effortName = (effort: Effort): string => EFFORT_NAMES[effort] ?? effort;

/** What a task gets that chooses none. */
export function defaultEffortName(model: Model | undefined): string {
  const effort = model?.effort ?? null;
  return effort === null ? "Default effort" : `${effortName(effort)} (default)`;
}

/** Of a model that nothing is known of, the common ones; one that was chosen stays visible. */
export function effortsOf(model: Model | undefined, { effort }: ChosenModel): readonly Effort[] {
  const known = model?.efforts ?? ["low", "medium", "high"];
  return effort === null || known.includes(effort) ? known : [...known, effort];
}

export function shortName({ name, title, provider }: Model): string {
  return title ?? (name.startsWith(`${provider}:`) ? name.slice(provider.length + 1) : name);
}

function describeModel({ name, contextTokens, prices }: Model): string {
  const context = contextTokens === null ? [] : [`${grouped(contextTokens)} tokens of context`];
  const price =
    prices === null
      ? []
      : [`$${prices.inputUsdPerMillion} in, $${prices.outputUsdPerMillion} out per million tokens`];
  return [name, ...context, ...price].join("\n");
}
