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
