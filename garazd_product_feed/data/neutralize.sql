-- Whoever has a link of the live database must not read the copy by it, and the copy must not have
-- it: new links of 244 random bits, and no files, whose pictures stand under the old links.
UPDATE product_data_feed
   SET access_token = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
       previous_token = NULL,
       previous_token_until = NULL,
       attachment_id = NULL,
       compressed_attachment_id = NULL,
       index_attachment_id = NULL,
       last_file_names = NULL,
       generated_at = NULL,
       full_generated_at = NULL,
       next_generation_at = NOW() AT TIME ZONE 'UTC';
DELETE FROM ir_attachment
 WHERE res_model = 'product.data.feed'
   AND res_field IS NOT NULL;
DELETE FROM product_data_feed_progress;
