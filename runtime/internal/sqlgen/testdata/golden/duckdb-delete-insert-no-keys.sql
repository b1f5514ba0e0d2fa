INSERT INTO "d""s"."items" ("v", "_dlt_load_id", "_dlt_id") SELECT "v", "_dlt_load_id", "_dlt_id" FROM "staging"."items" WHERE 1 = 1
