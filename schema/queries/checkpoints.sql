-- name: checkpoint_next_number
SELECT last_checkpoint + 1 FROM chats WHERE id = $1;

-- name: checkpoint_lock_chat
-- Nobody deletes it before the row is in; none when it is gone already.
SELECT id FROM chats WHERE id = $1 FOR NO KEY UPDATE;

-- name: checkpoint_count
UPDATE chats SET last_checkpoint = greatest(last_checkpoint, $2) WHERE id = $1;

-- name: checkpoint_place
-- In the chat $1: that of the answer of the turn $2; without one the place after all turns that ended, because a
-- turn that waits or runs is not part of what is kept now.
SELECT coalesce(
    (SELECT m.n FROM tasks t JOIN messages m ON m.id = t.message_id WHERE t.id = $2 AND m.chat_id = $1),
    (SELECT least(max(turn_n) FILTER (WHERE NOT is_open) + 1, min(turn_n) FILTER (WHERE is_open))
       FROM message_turns WHERE chat_id = $1),
    1);

-- name: checkpoint_add
-- A chat that is gone leaves an orphan; what is there is held until the commit.
INSERT INTO checkpoints (id, session_id, chat_id, message_id, task_id, worktree_id, kind, ref, commit_id, base_commit,
                         agent, head_commit, left_out, message_n, chat_ref, project_path, orphaned_at)
SELECT $1, (SELECT s.id FROM sessions s WHERE s.id = $2 FOR KEY SHARE), c.id, m.id,
       (SELECT t.id FROM tasks t WHERE t.id = $4 FOR KEY SHARE), $5, $6, $7, $8, $9, $10, $11, $12, $13, $3,
       (SELECT w.project_path FROM worktrees w WHERE w.id = $5), CASE WHEN c.id IS NULL THEN now() END
  FROM (VALUES (1)) AS always
  LEFT JOIN chats c ON c.id = $3
  LEFT JOIN messages m ON m.chat_id = c.id AND m.id = (SELECT t.message_id FROM tasks t WHERE t.id = $4)
ON CONFLICT (id) DO NOTHING;

-- name: checkpoint_get
SELECT c.*, left(t.input, 400) AS prompt
  FROM checkpoints c LEFT JOIN tasks t ON t.id = c.task_id
 WHERE c.id = $1;

-- name: checkpoint_last
SELECT c.*, left(t.input, 400) AS prompt
  FROM checkpoints c LEFT JOIN tasks t ON t.id = c.task_id
 WHERE c.chat_id = $1 ORDER BY c.n DESC LIMIT 1;

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
