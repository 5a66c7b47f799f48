import { expect, it } from "vitest";
import { revealHidden, withoutControls } from "./reveal-hidden.ts";

it("shows what would turn the order of a command around", () => {
  expect(revealHidden("rm -rf \u202E/ ohce\u202C")).toBe("rm -rf ⟨202E⟩/ ohce⟨202C⟩");
  expect(revealHidden("a\u2066b\u2069")).toBe("a⟨2066⟩b⟨2069⟩");
});

it("shows what would be no more than nothing", () => {
  expect(revealHidden("pay\u200Bpal\uFEFF\u0000\u001B[31m")).toBe("pay⟨200B⟩pal⟨FEFF⟩⟨0000⟩⟨001B⟩[31m");
  expect(revealHidden("tag\u{E0041}")).toBe("tag⟨E0041⟩");
});

it("H20: counts what stands there a hundred thousand times", () => {
  expect(revealHidden(`a${"\u0001".repeat(99_000)}b\u202E\u202E`)).toBe("a⟨0001 ×99000⟩b⟨202E⟩⟨202E⟩");
  expect(withoutControls(`a${"\u0001\u0002".repeat(50_000)}b\tc`)).toBe("ab\tc");
});

it("leaves lines, tabs and the world's scripts as they are", () => {
  const text = "a\tb\r\nc עברית العربية 日本語 👩‍💻 naïve";
  expect(revealHidden(text)).toBe(text);
});
