-- A copied database must not be able to sell: no token, nothing sent.
UPDATE merchant_store
   SET mode = 'test',
       state = 'draft',
       debug_until = NULL,
       api_token = NULL;
DELETE FROM merchant_store_add;
DELETE FROM merchant_exchange;
UPDATE merchant_operation
   SET state = 'withheld'
 WHERE state = 'pending';
UPDATE merchant_feed_import
   SET state = CASE WHEN state = 'running' OR is_sent THEN 'unknown' ELSE 'withheld' END,
       next_read_at = NULL
 WHERE state IN ('waiting', 'running');
UPDATE merchant_catalogue_import
   SET state = CASE WHEN state IN ('waiting', 'running') THEN 'cancelled' ELSE state END,
       sealed_link = NULL
 WHERE state IN ('waiting', 'running') OR sealed_link IS NOT NULL;
DELETE FROM merchant_import_attributes;
UPDATE merchant_sync_run
   SET state = 'failed',
       finished_at = NOW() AT TIME ZONE 'UTC'
 WHERE state IN ('pending', 'running');
