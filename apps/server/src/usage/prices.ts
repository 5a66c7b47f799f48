import { boundUsage, priceUsage, type TokenPrices } from "@trunkline/contract";
import type { PriceSetting } from "../config-file/sections/prices.ts";
import { catalogueUsage } from "./catalogue.ts";
import type { Prices } from "./port.ts";

const OPERATOR = "operator";

/** Nobody charges for the scripted model. */
const FREE: TokenPrices = { inputUsdPerMillion: 0, outputUsdPerMillion: 0, source: "demo" };

/** The operator's prices, else those of the catalogue. @param settings by `provider:model` or `provider:*` */
export function createPrices(settings: Readonly<Record<string, PriceSetting>> = {}): Prices {
  const settingOf = (name: string): PriceSetting | undefined =>
    [name, `${name.slice(0, Math.max(0, name.indexOf(":")))}:*`]
      .filter((key) => Object.hasOwn(settings, key))
      .map((key) => settings[key])
      .at(0);
  return {
    async price(model, reported, at) {
      const usage = boundUsage(reported);
      const setting = settingOf(model.name);
      if (setting !== undefined) return priceUsage(usage, { ...setting, source: OPERATOR });
      if (model.name === "demo") return priceUsage(usage, FREE);
      return (await catalogueUsage(model, usage, at)) ?? priceUsage(usage, null);
    },
  };
}
