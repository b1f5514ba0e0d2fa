CREATE TEMPORARY TABLE "items_delete_c355accf57b43732b8297e66a2aa1d0e" AS SELECT d."_dlt_id" FROM "d""s"."items" AS d WHERE EXISTS (SELECT 1 FROM "staging"."items" AS s WHERE d."id" = s."id");
DELETE FROM "d""s"."items__kids" WHERE "_dlt_root_id" IN (SELECT * FROM "items_delete_c355accf57b43732b8297e66a2aa1d0e");
DELETE FROM "d""s"."items__kids__g" WHERE "_dlt_root_id" IN (SELECT * FROM "items_delete_c355accf57b43732b8297e66a2aa1d0e");
DELETE FROM "d""s"."items" WHERE "_dlt_id" IN (SELECT * FROM "items_delete_c355accf57b43732b8297e66a2aa1d0e");
CREATE TEMPORARY TABLE "items_insert_ab8575bf1da26c0992f3a720bc240629" AS SELECT "_dlt_id" FROM (SELECT ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY (SELECT NULL)) AS _dlt_dedup_rn, * FROM "staging"."items") AS _dlt_dedup_numbered WHERE _dlt_dedup_rn = 1 AND (1 = 1);
INSERT INTO "d""s"."items" ("id", "_dlt_load_id", "_dlt_id") SELECT "id", "_dlt_load_id", "_dlt_id" FROM "staging"."items" WHERE "_dlt_id" IN (SELECT * FROM "items_insert_ab8575bf1da26c0992f3a720bc240629");
INSERT INTO "d""s"."items__kids" ("value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id") SELECT "value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id" FROM (SELECT ROW_NUMBER() OVER (PARTITION BY "_dlt_id" ORDER BY (SELECT NULL)) AS _dlt_dedup_rn, * FROM "staging"."items__kids") AS _dlt_dedup_numbered WHERE _dlt_dedup_rn = 1 AND ("_dlt_root_id" IN (SELECT * FROM "items_insert_ab8575bf1da26c0992f3a720bc240629"));
INSERT INTO "d""s"."items__kids__g" ("value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id") SELECT "value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id" FROM (SELECT ROW_NUMBER() OVER (PARTITION BY "_dlt_id" ORDER BY (SELECT NULL)) AS _dlt_dedup_rn, * FROM "staging"."items__kids__g") AS _dlt_dedup_numbered WHERE _dlt_dedup_rn = 1 AND ("_dlt_root_id" IN (SELECT * FROM "items_insert_ab8575bf1da26c0992f3a720bc240629"));
DROP TABLE IF EXISTS "items_delete_c355accf57b43732b8297e66a2aa1d0e";
DROP TABLE IF EXISTS "items_insert_ab8575bf1da26c0992f3a720bc240629"
