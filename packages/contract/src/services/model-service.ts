import type { ModelList, ModelProvider, RemoveModelKeyInput, SetModelKeyInput } from "../model.ts";
import type { Principal } from "../principal.ts";

export interface ModelService {
  list(principal: Principal): Promise<ModelList>;
  /** Stores the caller's own key for a provider: their tasks use it in place of the server's. */
  setKey(principal: Principal, input: SetModelKeyInput): Promise<ModelProvider>;
  removeKey(principal: Principal, input: RemoveModelKeyInput): Promise<ModelProvider>;
}
