DELETE FROM "d""s"."items__kids" WHERE "_dlt_root_id" IN (SELECT "_dlt_id" FROM "d""s"."items" WHERE day >= 2 AND '{}' <> '');
DELETE FROM "d""s"."items" WHERE day >= 2 AND '{}' <> '';
INSERT INTO "d""s"."items" ("id", "_dlt_load_id", "_dlt_id") SELECT "id", "_dlt_load_id", "_dlt_id" FROM "staging"."items" WHERE 1 = 1 AND (v <> 'skip');
INSERT INTO "d""s"."items__kids" ("value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id") SELECT "value", "_dlt_parent_id", "_dlt_root_id", "_dlt_id" FROM (SELECT ROW_NUMBER() OVER (PARTITION BY "_dlt_id" ORDER BY (SELECT NULL)) AS _dlt_dedup_rn, * FROM "staging"."items__kids") AS _dlt_dedup_numbered WHERE _dlt_dedup_rn = 1 AND (1 = 1 AND "_dlt_root_id" IN (SELECT "_dlt_id" FROM "staging"."items" WHERE v <> 'skip'))
