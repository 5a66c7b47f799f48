/** Called before each step that a service takes. */
export type BeforeStep = () => Promise<void>;

/**
 * A room whose every asynchronous call is a step: `before` is awaited first. What lies in it (a store's nouns) is stepped, too.
 * Generators take their step before their first value, which is when they read.
 */
export function stepped<Room extends object>(room: Room, before: BeforeStep): Room {
  return new Proxy(room, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member === "object" && member !== null) return stepped(member, before);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const call = () => Reflect.apply(member, target, args) as unknown;
        if (isGenerator(member)) return steppedValues(call as () => AsyncIterable<unknown>, before);
        if (!isAsync(member)) return call();
        return before().then(call);
      };
    },
  });
}

async function* steppedValues(call: () => AsyncIterable<unknown>, before: BeforeStep) {
  await before();
  yield* call();
}

const isAsync = (member: object): boolean => member.constructor.name === "AsyncFunction";
const isGenerator = (member: object): boolean => member.constructor.name === "AsyncGeneratorFunction";
