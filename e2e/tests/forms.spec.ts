import { readLog, say } from "@trunkline/testkit";
import { expect, send, sessionIdOf, signIn, test } from "../fixtures.ts";

/** An MCP server in one line, as a user can add one: its only tool asks for a form, and returns what it was answered. */
const ASKING_SERVER = `
const { createInterface } = require("node:readline");
const send = (message) => console.log(JSON.stringify({ jsonrpc: "2.0", ...message }));
const properties = {
  name: { type: "string", title: "Your name", minLength: 2 },
  seats: { type: "integer", title: "Seats", description: "Of one table", minimum: 1, maximum: 8, default: 2 },
  window: { type: "boolean", title: "At the window" },
  when: { type: "string", title: "When", enum: ["noon", "evening"], enumNames: ["At noon", "In the evening"] },
  wishes: { type: "array", title: "Wishes", items: { type: "string", enum: ["quiet", "vegan"] } },
};
const requestedSchema = { type: "object", properties, required: ["name", "when"] };
let call = 0;
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params, result } = JSON.parse(line);
  const tools = [{ name: "book", description: "Books a table", inputSchema: { type: "object" } }];
  if (method === "initialize") {
    const serverInfo = { name: "tables", version: "1" };
    send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo } });
  } else if (method === "tools/list") send({ id, result: { tools } });
  else if (method === "tools/call") {
    call = id;
    send({ id: "form", method: "elicitation/create", params: { message: "Which table?", requestedSchema } });
  } else if (id === "form") send({ id: call, result: { content: [{ type: "text", text: JSON.stringify(result) }] } });
  else if (method === "ping") send({ id, result: {} });
});`;

test("a form of an MCP server is filled in, or declined; what does not fit is said at its field", async ({
  page,
  provider,
  server,
}) => {
  const transport = { kind: "stdio" as const, command: "node", args: ["-e", ASKING_SERVER] };
  const { id: serverId } = await server.client.mcp.add.mutate({ name: "tables", transport });
  // A task does without a server that is slow to start.
  await server.client.mcp.restart.mutate({ serverId });
  await expect.poll(async () => (await server.client.mcp.list.query({})).items[0]?.state).toBe("connected");
  provider.enqueue(
    say.reply(say.toolCall("tables__book", {})),
    say.reply(say.toolCall("tables__book", {})),
    say.reply(say.text("Booked.")),
  );
  await signIn(page, server);
  await send(page, "a table, please");
  const dock = page.getByRole("region", { name: "Needs you" });
  await dock.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(dock.getByText("Question from the MCP server tables")).toBeVisible();
  await expect(dock.getByText("The MCP server tables asks: Which table?")).toBeVisible();
  await dock.getByRole("textbox", { name: "Your name" }).fill("A");
  await dock.getByRole("textbox", { name: "Seats" }).fill("9");
  await dock.getByRole("button", { name: "Send answer" }).click();
  await expect(dock.getByText("It needs at least 2 characters.")).toBeVisible();
  await expect(dock.getByText("It must be at most 8.")).toBeVisible();
  await expect(dock.getByText("It is required.")).toBeVisible();
  // What was typed is kept, with the page gone.
  await page.reload();
  await expect(dock.getByRole("textbox", { name: "Seats" })).toHaveValue("9");
  await dock.getByRole("textbox", { name: "Seats" }).fill("4");
  await dock.getByRole("textbox", { name: "Your name" }).fill("Ada");
  await dock.getByRole("combobox", { name: "When" }).selectOption({ label: "In the evening" });
  await dock.getByRole("checkbox", { name: "At the window" }).check();
  await dock.getByRole("checkbox", { name: "vegan" }).check();
  await dock.getByRole("button", { name: "Send answer" }).click();
  const transcript = page.getByRole("log", { name: "Transcript" });
  await expect(
    transcript.getByText(
      `Answered by ${server.name}: Your name: Ada, Seats: 4, At the window: yes, When: evening, Wishes: vegan`,
    ),
  ).toBeVisible();

  await dock.getByRole("button", { name: "Allow", exact: true }).click();
  await dock.getByRole("button", { name: "Decline" }).click();
  await expect(transcript.getByText(`Declined by ${server.name}`)).toBeVisible();
  await expect(transcript.getByText("Booked.")).toBeVisible();
  const log = await readLog(server.client, await sessionIdOf(page));
  const content = { name: "Ada", seats: 4, window: true, when: "evening", wishes: ["vegan"] };
  expect(log.flatMap((event) => (event.type === "tool.ended" ? [event.data.output] : []))).toEqual([
    JSON.stringify({ action: "accept", content }),
    JSON.stringify({ action: "decline" }),
  ]);
});
