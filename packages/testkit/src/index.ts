export { addUser, type AddedUser, redeemInvitation } from "./add-user.ts";
export * from "./event-log-checkers.ts";
export { FakeProvider, type FakeProviderOptions, type Respond } from "./fake-provider/fake-provider.ts";
export { FakeProviderProcess } from "./fake-provider/fake-provider-process.ts";
export type { ChatMessage, ChatRequest, ChatTool } from "./fake-provider/chat-request.ts";
export { contentText } from "./fake-provider/chat-request.ts";
export type { CallOutcome, RecordedRequest } from "./fake-provider/recorded-request.ts";
/** The steps of a reply: `say.reply(say.text("Hello"), say.toolCall("bash", { command: "ls" }))`. */
export * as say from "./fake-provider/reply.ts";
export type { Reply, Step, TokenUsage } from "./fake-provider/reply.ts";
export { readTokenStamps, type TokenStamp } from "./fake-provider/token-stamp.ts";
export { monotonicMicros } from "./monotonic-micros.ts";
export { isProcessAlive } from "./process-alive.ts";
export { environmentsBelow } from "./process-environments.ts";
export { readLog } from "./read-log.ts";
export { seededRandom } from "./seeded-random.ts";
export { ServerFixture, type ServerFixtureOptions } from "./server-fixture.ts";
export * from "./toxic-proxy.ts";
export * from "./wait-for.ts";
