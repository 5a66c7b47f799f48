import { expect, it } from "vitest";
import { safeUrl } from "./safe-url.ts";

it.each([
  "https://example.com/a?b#c",
  "http://localhost:8080/",
  "mailto:someone@example.com",
  "HTTPS://EXAMPLE.COM",
])("lets %s work", (address) => {
  expect(safeUrl(address)).not.toBeNull();
});

it.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "\u0001javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox",
  "file:///etc/passwd",
  "blob:https://example.com/1",
  "//example.com/",
  "/settings",
  "#e-1",
  "",
  undefined,
])("leaves %j dead", (address) => {
  expect(safeUrl(address)).toBeNull();
});

const OWN = "http://127.0.0.1:4400";

it.each([
  "http://127.0.0.1:4400/sign-in?code=abc",
  "http://localhost:4400/sign-in?code=abc",
  "http://127.0.0.1:4400//sign-in?code=abc",
  "http://127.0.0.1:4400/%73ign-in?code=abc",
  "http://127.0.0.1:4400/x/../sign-in?code=abc",
  "http://2130706433:4400/sign-in?code=abc",
  "http://[::1]:4400/api/sessions",
  "http://127.0.0.1:4400/trpc/session.list",
  "http://localhost.:4400/api/docs",
  "http://127.0.0.1:4400/?code=abc",
])("H10: leaves %s dead, which is this server's own", (address) => {
  expect(safeUrl(address, OWN)).toBeNull();
});

it.each([
  "http://127.0.0.1:4400/",
  "http://127.0.0.1:4400/s/01900000-0000-7000-8000-000000000001#e-3",
  "http://127.0.0.1:8080/sign-in",
  "https://example.com/api",
])("H10: lets %s work", (address) => {
  expect(safeUrl(address, OWN)).not.toBeNull();
});
