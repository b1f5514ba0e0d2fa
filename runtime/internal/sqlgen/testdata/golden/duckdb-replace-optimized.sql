error: table "items": duckdb has no replace strategy "staging-optimized" from staging
