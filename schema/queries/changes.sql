-- name: change_supersede
UPDATE pending_changes SET state = 'superseded', decided_at = now()
 WHERE session_id = $1 AND state = 'pending';

-- name: change_add
-- Its message is the one that its task ($3) writes, unless it names another ($17).
INSERT INTO pending_changes (id, session_id, task_id, agent, path, old_path, op, state, diff, is_binary,
                             additions, deletions, old_blob, new_blob, old_mode, new_mode, error, message_id)
SELECT $1, $2, t.id, $4, $5, $6, $7, 'pending', $8, $9, $10, $11, $12, $13, $14, $15, $16,
       coalesce((SELECT m.id FROM messages m WHERE m.id = $17), t.message_id)
  FROM (VALUES (1)) AS always LEFT JOIN tasks t ON t.id = $3;

-- name: change_list
SELECT * FROM pending_changes WHERE session_id = $1 AND state = ANY ($2::text[]) ORDER BY n;

-- name: change_get
SELECT * FROM pending_changes WHERE id = ANY ($1::text[]) ORDER BY n;

-- name: change_set_state
UPDATE pending_changes SET state = $3, error = $4, decided_at = now()
 WHERE id = ANY ($1::text[]) AND state = $2
RETURNING *;

-- name: change_lock
SELECT * FROM pending_changes WHERE id = $1 AND state = 'pending' FOR UPDATE;

-- name: change_split_first
UPDATE pending_changes
   SET path = $2, old_path = $3, op = $4, diff = $5, is_binary = $6, additions = $7, deletions = $8,
       old_blob = $9, new_blob = $10, old_mode = $11, new_mode = $12
 WHERE id = $1
RETURNING *;

-- name: change_split_rest
-- Beside the one ($13) that it was part of.
INSERT INTO pending_changes (id, session_id, task_id, message_id, agent, path, old_path, op, diff, is_binary,
                             additions, deletions, old_blob, new_blob, old_mode, new_mode, part)
SELECT $1, c.session_id, c.task_id, c.message_id, c.agent, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
       (SELECT max(o.part) + 1 FROM pending_changes o WHERE o.session_id = c.session_id AND o.state = 'pending')
  FROM pending_changes c WHERE c.id = $13
RETURNING *;

-- name: change_apply
UPDATE pending_changes
   SET state = 'applied', error = NULL, decided_at = now(), tier = $2, score = $3,
       before_blob = $4, before_mode = $5, after_blob = $6, after_mode = $7
 WHERE id = $1 AND state = 'pending'
RETURNING *;

-- name: change_rewind
-- How it was applied stays to be read.
UPDATE pending_changes SET state = 'rewound', error = NULL, decided_at = now()
 WHERE id = $1 AND state = 'applied'
RETURNING *;

-- name: change_decided
-- Applied before this was kept: nobody knows what undoes it.
SELECT * FROM pending_changes
 WHERE id = ANY ($1::text[]) AND state = 'applied' AND tier IS NOT NULL ORDER BY n;
