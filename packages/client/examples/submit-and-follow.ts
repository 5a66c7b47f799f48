import { createClient, followTask } from "@trunkline/client";

const client = createClient({
  url: process.env["TRUNKLINE_URL"] ?? "http://127.0.0.1:4400",
  token: process.env["TRUNKLINE_TOKEN"],
});
const submitted = await client.task.submit.mutate({ prompt: process.argv[2] ?? "run: ls -la" });
for await (const event of followTask(client, submitted)) {
  console.log(event.seq, event.type, JSON.stringify(event.data));
}
