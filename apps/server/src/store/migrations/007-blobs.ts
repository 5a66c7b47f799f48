import type { Kysely } from "kysely";

/** Blobs: what is stored, who uploaded it, and which logs refer to it (docs/decisions/025). */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("blobs")
    .addColumn("sha256", "text", (column) => column.primaryKey())
    .addColumn("bytes", "bigint", (column) => column.notNull())
    .addColumn("media_type", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("blob_uploads")
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("blob_uploads_pk", ["owner_id", "sha256"])
    .execute();
  await db.schema.createIndex("blob_uploads_by_blob").on("blob_uploads").column("sha256").execute();
  await db.schema
    .createTable("blob_refs")
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("seq", "bigint", (column) => column.notNull())
    .addColumn("sha256", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("blob_refs_pk", ["session_id", "seq", "sha256"])
    .execute();
  await db.schema.createIndex("blob_refs_by_blob").on("blob_refs").column("sha256").execute();
}
