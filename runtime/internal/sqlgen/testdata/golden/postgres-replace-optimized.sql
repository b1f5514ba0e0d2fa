DROP TABLE IF EXISTS "d""s"."items";
ALTER TABLE "staging"."items" SET SCHEMA "d""s";
CREATE TABLE "staging"."items" (LIKE "d""s"."items" INCLUDING ALL)
