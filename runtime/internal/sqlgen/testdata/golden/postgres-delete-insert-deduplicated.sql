DELETE FROM "d""s"."items" AS d WHERE EXISTS (SELECT 1 FROM "staging"."items" AS s WHERE d."id" = s."id");
INSERT INTO "d""s"."items" ("id", "_dlt_load_id", "_dlt_id") SELECT "id", "_dlt_load_id", "_dlt_id" FROM "staging"."items" WHERE 1 = 1
