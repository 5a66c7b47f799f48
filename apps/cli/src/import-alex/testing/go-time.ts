import type { Dice } from "./dice.ts";

/** @returns a time as Go marshals or prints it: any zone and precision, all within the same millisecond. */
export function goTime(ms: number, dice: Dice): string {
  const offset = dice.pick([0, 480, -300, 330, -570]);
  const local = new Date(ms + offset * 60_000).toISOString();
  const [day, time] = [local.slice(0, 10), local.slice(11, 19)];
  const millis = local.slice(20, 23);
  const fraction =
    millis === "000" && dice.chance(0.5)
      ? ""
      : `.${millis}${String(dice.between(0, 999_999)).padStart(6, "0")}`
          .replace(/0+$/, "")
          .replace(/\.$/, "");
  const sign = offset < 0 ? "-" : "+";
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
  const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
  if (dice.chance(0.1)) return `${day} ${time}${fraction} ${sign}${hours}${minutes} CST m=+0.004`;
  return `${day}T${time}${fraction}${offset === 0 ? "Z" : `${sign}${hours}:${minutes}`}`;
}

/** @returns an unreadable time as found in files; undefined: none at all. */
export function noTime(dice: Dice): unknown {
  return dice.pick([
    undefined,
    null,
    "",
    "0001-01-01T00:00:00Z",
    "yesterday",
    "2025-13-45T99:00:00Z",
    {},
    -5,
  ]);
}
