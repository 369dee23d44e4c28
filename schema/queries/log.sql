-- name: log_append_batch
SELECT append_batch($1, $2, $3, $4, $5, $6, $7);

-- name: log_append_frames
SELECT append_frames($1, $2, $3, $4, $5);

-- name: log_take_batch
-- Gives a row when this batch is new; waits for an earlier attempt's COMMIT or ROLLBACK.
INSERT INTO log_writers AS w (id, batch) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET batch = $2, seen_at = now() WHERE w.batch < $2
RETURNING batch;

-- name: log_lock_chats
-- Before anything else of a batch, in one order: two writers never wait for each other in a circle.
SELECT id FROM chats WHERE id = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE;

-- name: log_keep_result
UPDATE log_writers SET result = $2 WHERE id = $1;

-- name: log_result
SELECT batch, result FROM log_writers WHERE id = $1;

-- name: log_forget_writers
-- Nobody asks for a batch of last week again.
DELETE FROM log_writers WHERE seen_at < now() - interval '7 days';

-- name: log_read
SELECT seq, type, at, body FROM events WHERE chat_id = $1 AND seq > $2 ORDER BY seq LIMIT $3;

-- name: log_last_seq
SELECT last_seq FROM chats WHERE id = $1;

-- name: log_deltas
-- Found as text, coarsely: a body may hold \u0000, which the json operators refuse to read.
SELECT body FROM events
 WHERE chat_id = $1 AND type = 'message_delta' AND strpos(body::text, $2) > 0
 ORDER BY seq;
