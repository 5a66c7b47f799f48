import { setSingleKeys, useSingleKeys } from "../keys/single-keys.ts";
import { useIsHydrated } from "../ui/use-is-hydrated.ts";

/** Turns single-key shortcuts on or off, e.g. for dictation. */
export function SingleKeysChoice() {
  const isOn = useSingleKeys();
  const isHydrated = useIsHydrated();
  return (
    <label className="flex items-baseline gap-2">
      <input
        type="checkbox"
        checked={isHydrated ? isOn : true}
        onChange={(event) => setSingleKeys(event.target.checked)}
        className="size-4 self-center accent-accent"
      />
      Use single letters as shortcuts outside of text fields
    </label>
  );
}
