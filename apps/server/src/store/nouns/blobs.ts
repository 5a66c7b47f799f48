import type { Blob } from "@trunkline/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import type { BlobStore } from "../ports/blobs.ts";
import type { BlobsTable, Database } from "../schema.ts";
import { statement, type WriteStatements } from "../statement.ts";

export function createBlobStore(db: Kysely<Database>, write: WriteStatements): BlobStore {
  /** Blobs that nobody uploaded and no log refers to. */
  const isUnused = sql<boolean>`
    not exists (select 1 from blob_uploads as u where u.sha256 = blobs.sha256)
    and not exists (select 1 from blob_refs as r where r.sha256 = blobs.sha256)`;

  const unknown: BlobStore["unknown"] = async (sha256s) => {
    if (sha256s.length === 0) return [];
    const rows = await db.selectFrom("blobs").select("sha256").where("sha256", "in", sha256s).execute();
    const known = new Set(rows.map(({ sha256 }) => sha256));
    return sha256s.filter((sha256) => !known.has(sha256));
  };

  return {
    async add(ownerId, { sha256, bytes, mediaType, createdAt: created_at }) {
      const blob = db
        .insertInto("blobs")
        .values({ sha256, bytes, media_type: mediaType, created_at })
        .onConflict((conflict) => conflict.column("sha256").doUpdateSet({ created_at }));
      const upload = db
        .insertInto("blob_uploads")
        .values({ owner_id: ownerId, sha256, created_at })
        .onConflict((conflict) => conflict.columns(["owner_id", "sha256"]).doUpdateSet({ created_at }));
      await write([statement(blob.compile()), statement(upload.compile())]);
    },

    async find(ownerId, sha256) {
      const row = await db
        .selectFrom("blobs as b")
        .selectAll("b")
        .where("b.sha256", "=", sha256)
        .where(({ exists, or, selectFrom }) =>
          or([
            exists(
              selectFrom("blob_uploads as u")
                .select("u.sha256")
                .whereRef("u.sha256", "=", "b.sha256")
                .where("u.owner_id", "=", ownerId),
            ),
            exists(
              selectFrom("blob_refs as r")
                .innerJoin("sessions as s", "s.id", "r.session_id")
                .select("r.sha256")
                .whereRef("r.sha256", "=", "b.sha256")
                .where("s.owner_id", "=", ownerId)
                .where("s.deleted_at", "is", null),
            ),
          ]),
        )
        .executeTakeFirst();
      return row === undefined ? undefined : toBlob(row);
    },

    async findInSession(sessionId, beginning) {
      const row = await db
        .selectFrom("blob_refs as r")
        .innerJoin("blobs as b", "b.sha256", "r.sha256")
        .selectAll("b")
        .where("r.session_id", "=", sessionId)
        .where("r.sha256", ">=", beginning)
        // Hashes are hex: all that begin so are before this.
        .where("r.sha256", "<", `${beginning}g`)
        .executeTakeFirst();
      return row === undefined ? undefined : toBlob(row);
    },

    async bytesOf(ownerId) {
      const row = await db
        .selectFrom("blob_uploads as u")
        .innerJoin("blobs as b", "b.sha256", "u.sha256")
        .select(({ fn }) => fn.sum<number | null>("b.bytes").as("bytes"))
        .where("u.owner_id", "=", ownerId)
        .executeTakeFirst();
      return row?.bytes ?? 0;
    },

    async forgetUploads(cutoff) {
      const forget = sql`
        delete from blob_uploads where created_at < ${cutoff} and not exists (
          select 1 from blob_refs as r join sessions as s on s.id = r.session_id
          where r.sha256 = blob_uploads.sha256 and s.owner_id = blob_uploads.owner_id)`;
      await write([statement(forget.compile(db))], { mayUseBallast: true });
    },

    async unused(cutoff, limit) {
      const rows = await db
        .selectFrom("blobs")
        .select("sha256")
        .where("created_at", "<", cutoff)
        .where(isUnused)
        .limit(limit)
        .execute();
      return rows.map(({ sha256 }) => sha256);
    },

    async remove(sha256) {
      const remove = db.deleteFrom("blobs").where("sha256", "=", sha256).where(isUnused);
      await write([statement(remove.compile())], { mayUseBallast: true });
      return (await unknown([sha256])).length > 0;
    },

    unknown,

    async newestAt() {
      const newest = await db
        .selectFrom("blobs")
        .select(({ fn }) => fn.max<number | null>("created_at").as("at"))
        .executeTakeFirst();
      return newest?.at ?? null;
    },
  };
}

function toBlob({ sha256, bytes, media_type, created_at }: Selectable<BlobsTable>): Blob {
  return { sha256, bytes, mediaType: media_type, createdAt: created_at };
}
