-- name: checkpoint_lock_chat
-- Nobody deletes it before the row is in; none when it is gone already.
SELECT id FROM chats WHERE id = $1 FOR NO KEY UPDATE;

-- name: checkpoint_place
SELECT place_in_chat($1, $2);

-- name: checkpoint_add
SELECT keep_checkpoint($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: checkpoint_get
SELECT c.*, left(t.input, 400) AS prompt
  FROM checkpoints c LEFT JOIN tasks t ON t.id = c.task_id
 WHERE c.id = $1;

-- name: checkpoint_newest
-- One row for a chat that is there, with or without a checkpoint.
SELECT h.last_checkpoint, c.*, left(t.input, 400) AS prompt
  FROM chats h
  LEFT JOIN LATERAL (SELECT * FROM checkpoints WHERE chat_id = h.id ORDER BY n DESC LIMIT 1) AS c ON true
  LEFT JOIN tasks t ON t.id = c.task_id
 WHERE h.id = $1;

-- name: checkpoint_list
SELECT c.*, left(t.input, 400) AS prompt
  FROM checkpoints c LEFT JOIN tasks t ON t.id = c.task_id
 WHERE c.session_id = $1 ORDER BY c.n;

-- name: checkpoint_orphans
-- A ref that a chat with a grace still running shares with it is not among them.
SELECT DISTINCT c.ref, c.project_path FROM checkpoints c
 WHERE c.chat_id IS NULL AND c.orphaned_at < to_timestamp($1::double precision) AND c.project_path IS NOT NULL
   AND NOT EXISTS (
       SELECT 1 FROM checkpoints o
        WHERE o.ref = c.ref
          AND (o.chat_id IS NOT NULL OR o.orphaned_at >= to_timestamp($1::double precision)))
 ORDER BY c.project_path, c.ref;

-- name: checkpoint_forget
DELETE FROM checkpoints WHERE ref = ANY ($1::text[]) AND chat_id IS NULL;

-- name: trim_plan
-- What changes for a chat that goes back to the checkpoint $1, of what had its turn before $2, the place of the
-- safety checkpoint: a message is seen when its turn is before the checkpoint's and it was not hidden then.
WITH target AS (
    SELECT chat_id, n, message_n FROM checkpoints WHERE id = $1
), found AS (
    SELECT m.id, m.n, m.hidden,
           m.turn_n < c.message_n AND NOT EXISTS (
               SELECT 1 FROM hidden_messages h
                WHERE h.message_id = m.id AND h.hidden_from < c.n
                  AND (h.shown_from IS NULL OR h.shown_from >= c.n)) AS is_seen
      FROM target c JOIN message_turns m ON m.chat_id = c.chat_id
     WHERE m.turn_n < $2::bigint
)
SELECT id, is_seen FROM found WHERE is_seen = hidden ORDER BY n;

-- name: trim_hide
INSERT INTO hidden_messages (message_id, chat_id, hidden_from)
SELECT id, $2, $3 FROM unnest($1::text[]) AS id;

-- name: trim_show
UPDATE hidden_messages SET shown_from = $2 WHERE message_id = ANY ($1::text[]) AND shown_from IS NULL;

-- name: trim_mark
UPDATE messages SET hidden = $2 WHERE id = ANY ($1::text[]);

-- name: trim_made
-- What the restore with that safety checkpoint did.
SELECT h.message_id AS id, coalesce(h.shown_from = s.n, false) AS is_seen
  FROM checkpoints s
  JOIN hidden_messages h ON h.chat_id = s.chat_id AND (h.hidden_from = s.n OR h.shown_from = s.n)
  JOIN messages m ON m.id = h.message_id
 WHERE s.id = $1 ORDER BY m.n;
