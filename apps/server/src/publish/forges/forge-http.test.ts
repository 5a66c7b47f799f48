import { expect, it } from "vitest";
import { z } from "zod";
import { WebSite } from "../../tools/web-fetch/testing/web-site.ts";
import { ForgeHttp } from "./forge-http.ts";

it("a list of large items is not read to its end", async () => {
  const page = JSON.stringify(Array.from({ length: 100 }, () => "x".repeat(90_000)));
  await using site = await WebSite.start((_, response) => void response.end(page));
  const http = new ForgeHttp({
    name: "forge",
    root: `http://127.0.0.1:${site.port}`,
    headers: {},
    token: "token",
    signal: new AbortController().signal,
  });
  expect(await http.list("/comments", z.array(z.string()), (items) => items)).toHaveLength(200);
  expect(site.requests).toHaveLength(2);
  expect(http.hasReadEnough).toBe(true);
});
