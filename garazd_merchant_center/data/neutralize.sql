-- A copied database must not be able to sell: no token, nothing sent.
UPDATE merchant_store
   SET mode = 'test',
       state = 'draft',
       debug_until = NULL,
       api_token = NULL,
       token_check = NULL,
       token_expires_on = NULL;
DELETE FROM merchant_store_add;
DELETE FROM merchant_exchange;
-- Its keys are made of the tokens.
DELETE FROM merchant_pace;
UPDATE merchant_operation
   SET state = 'withheld'
 WHERE state = 'pending';
-- The links of the price lists, which are changed in the copy.
UPDATE merchant_operation
   SET payload = regexp_replace(payload::text, '/product_feed/[\w-]+/', '/product_feed/-/', 'g')::jsonb,
       request = regexp_replace(request::text, '/product_feed/[\w-]+/', '/product_feed/-/', 'g')::jsonb,
       response = regexp_replace(response::text, '/product_feed/[\w-]+/', '/product_feed/-/', 'g')::jsonb
 WHERE kind = 'feed_import';
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
