TRUNCATE TABLE "d""s"."items";
INSERT INTO "d""s"."items" ("id", "_dlt_load_id", "_dlt_id") SELECT "id", "_dlt_load_id", "_dlt_id" FROM "staging"."items";
TRUNCATE TABLE "d""s"."items__kids";
INSERT INTO "d""s"."items__kids" ("value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id") SELECT "value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id" FROM "staging"."items__kids"
