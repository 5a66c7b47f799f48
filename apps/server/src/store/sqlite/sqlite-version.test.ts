import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { assertVersion } from "./sqlite-version.ts";

it.each(["3.51.3", "3.51.10", "3.52.0", "3.100.0", "4.0.0"])("takes SQLite %s", (version) => {
  expect(() => assertVersion({ version })).not.toThrow();
});

it.each(["3.51.2", "3.51", "3.50.9", "3.9.99", "2.99.99"])(
  "refuses SQLite %s, and says what is needed",
  (version) => {
    expect(() => assertVersion({ version })).toThrow(
      `SQLite ${version} is too old: Trunkline needs 3.51.3 or newer`,
    );
  },
);

it("takes the SQLite that this server brings along", () => {
  const database = new Database(":memory:");
  assertVersion(database.prepare("select sqlite_version() as version").get());
  database.close();
});
