import { type Kysely, sql } from "kysely";

/** Like SQLite's sixteenth: users' own keys for providers of models, encrypted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table provider_keys (
        user_id text collate "C" not null,
        provider text collate "C" not null,
        sealed text collate "C" not null,
        updated_at bigint not null,
        primary key (user_id, provider)
      )`,
    )
    .execute(db);
}
