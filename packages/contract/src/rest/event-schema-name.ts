/** @returns the name of an event's schema, e.g. `TaskStartedEvent` for `task.started` */
export function eventSchemaName(type: string): string {
  const words = type.split(/[.-]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join("")}Event`;
}
