DELETE FROM "d""s"."items" WHERE 1=1;
INSERT INTO "d""s"."items" ("id", "_dlt_load_id", "_dlt_id") SELECT "id", "_dlt_load_id", "_dlt_id" FROM "staging"."items";
DELETE FROM "d""s"."items__kids" WHERE 1=1;
INSERT INTO "d""s"."items__kids" ("value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id") SELECT "value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id" FROM "staging"."items__kids"
