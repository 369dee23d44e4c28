-- name: task_add
-- A task that repeats another ($12) runs as that one did, and for whom that one did.
INSERT INTO tasks (id, project_id, session_id, chat_id, parent_task_id, agent, model, mode, thinking, input, one_shot,
                   repeats)
VALUES ($1, $2, $3, $4, coalesce($5, (SELECT parent_task_id FROM tasks WHERE id = $12)), $6, $7, $8, $9, $10,
        $11 OR coalesce((SELECT one_shot FROM tasks WHERE id = $12), false),
        (SELECT id FROM tasks WHERE id = $12))
RETURNING *;

-- name: task_list
-- Newest first; $3 is the `n` after which to go on.
SELECT * FROM tasks
 WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR project_id = $2)
   AND ($3::bigint IS NULL OR n < $3) AND ($5::text IS NULL OR parent_task_id = $5)
 ORDER BY n DESC LIMIT $4;

-- name: task_get
SELECT * FROM tasks WHERE id = $1;

-- name: task_lock_chat
-- Chats before tasks, as every batch of the log does it.
SELECT id FROM chats WHERE id = (SELECT chat_id FROM tasks WHERE id = $1) FOR NO KEY UPDATE;

-- name: task_lock
SELECT * FROM tasks WHERE id = $1 FOR UPDATE;

-- name: task_of_message
SELECT t.* FROM tasks t JOIN messages m ON m.task_id = t.id WHERE m.id = $1;

-- name: task_open_of_chat
SELECT * FROM tasks
 WHERE chat_id = $1 AND state IN ('pending', 'running', 'blocked')
 ORDER BY (state = 'pending'), n LIMIT 1;

-- name: task_open_of_chats
-- In the order in which they can be cancelled without the end of one starting another.
SELECT * FROM tasks
 WHERE chat_id = ANY ($1::text[]) AND state IN ('pending', 'running', 'blocked')
 ORDER BY (state <> 'pending'), n DESC;

-- name: task_claim
-- Oldest first. A session's tasks run one after the other, in order of arrival, because they write in one
-- worktree: only the oldest unfinished one may start. In a race the unique index has the last word.
WITH free AS (
    SELECT t.id FROM tasks t
     WHERE t.state = 'pending' AND t.chat_id IS NOT NULL AND NOT t.cancel_requested
       AND NOT EXISTS (
           SELECT 1 FROM tasks o
            WHERE o.session_id = t.session_id
              AND (o.state IN ('running', 'blocked') OR o.state = 'pending' AND o.n < t.n))
     ORDER BY t.n LIMIT $2
     FOR UPDATE OF t SKIP LOCKED
)
UPDATE tasks t
   SET state = 'running', claimed_by = $1, lease_until = now() + make_interval(secs => $3),
       started_at = now(), message_id = NULL
  FROM free, projects p
 WHERE t.id = free.id AND p.id = t.project_id
RETURNING t.*, p.path AS project_path;

-- name: task_renew
UPDATE tasks SET lease_until = now() + make_interval(secs => $3)
 WHERE id = ANY ($2::text[]) AND claimed_by = $1 AND state IN ('running', 'blocked')
RETURNING id;

-- name: task_cancel_requests
SELECT id FROM tasks
 WHERE claimed_by = $1 AND cancel_requested AND state IN ('running', 'blocked')
 ORDER BY n;

-- name: task_take_back
-- The lease is renewed for whoever takes them back, so that two processes do not settle the same ones.
WITH lost AS (
    SELECT t.id FROM tasks t
     WHERE t.state IN ('running', 'blocked')
       AND (t.lease_until < now() OR ($1::text IS NOT NULL AND starts_with(t.claimed_by, $1)))
     ORDER BY t.n
     FOR UPDATE OF t SKIP LOCKED
)
UPDATE tasks t SET claimed_by = NULL, lease_until = now() + make_interval(secs => $2)
  FROM lost, projects p
 WHERE t.id = lost.id AND p.id = t.project_id
RETURNING t.*, p.path AS project_path;

-- name: task_cancel_pending
UPDATE tasks SET state = 'cancelled', ended_at = now(), cancel_requested = true, message_id = $2
 WHERE id = $1 AND state = 'pending'
RETURNING *;

-- name: task_ask_to_cancel
UPDATE tasks SET cancel_requested = true WHERE id = $1 RETURNING pg_notify('tasks_cancel', id);

-- name: task_set_blocked
UPDATE tasks SET state = CASE WHEN $2 THEN 'blocked' ELSE 'running' END
 WHERE id = $1 AND state = CASE WHEN $2 THEN 'running' ELSE 'blocked' END
RETURNING *;

-- name: task_end
-- The first end of a task wins; the others change nothing.
UPDATE tasks
   SET state = $2, ended_at = to_timestamp($3::double precision), lease_until = NULL, output_summary = $4,
       error = $5, model = coalesce($6, model), input_tokens = $7, output_tokens = $8, cost = $9
 WHERE id = $1 AND state IN ('running', 'blocked')
RETURNING *;
