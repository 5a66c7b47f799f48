import { expect, it } from "vitest";
import { revealHidden } from "./reveal-hidden.ts";

it("shows what would turn the order of a command around", () => {
  expect(revealHidden("rm -rf \u202E/ ohce\u202C")).toBe("rm -rf ⟨202E⟩/ ohce⟨202C⟩");
  expect(revealHidden("a\u2066b\u2069")).toBe("a⟨2066⟩b⟨2069⟩");
});

it("shows what would be no more than nothing", () => {
  expect(revealHidden("pay\u200Bpal\uFEFF\u0000\u001B[31m")).toBe("pay⟨200B⟩pal⟨FEFF⟩⟨0000⟩⟨001B⟩[31m");
  expect(revealHidden("tag\u{E0041}")).toBe("tag⟨E0041⟩");
});

it("leaves lines, tabs and the world's scripts as they are", () => {
  const text = "a\tb\r\nc עברית العربية 日本語 👩‍💻 naïve";
  expect(revealHidden(text)).toBe(text);
});
