-- name: queued_prompt_lock_chat
-- Chats before tasks, as every batch of the log does it.
SELECT c.id FROM chats c JOIN messages m ON m.chat_id = c.id WHERE m.id = $1 FOR NO KEY UPDATE OF c;

-- name: queued_prompt_lock
-- A prompt with its task; a claim that comes meanwhile passes over it.
SELECT m.id, m.role, m.chat_id, t.id AS task_id, t.state
  FROM messages m JOIN tasks t ON t.id = m.task_id
 WHERE m.id = $1
   FOR UPDATE OF t;

-- name: queued_prompt_edit
UPDATE messages SET parts = $2 WHERE id = $1 RETURNING *;

-- name: queued_task_edit
-- Told anew: a claim may have passed over it while it was locked.
WITH told AS (SELECT pg_notify('tasks_new', $1))
UPDATE tasks SET input = $2 FROM told WHERE id = $1 AND state = 'pending' RETURNING tasks.*;

-- name: queued_prompt_remove
DELETE FROM messages WHERE id = $1;

-- name: queued_task_remove
-- It stays in the history as cancelled; its end sets the next one of the session free.
UPDATE tasks SET state = 'cancelled', ended_at = now(), cancel_requested = true
 WHERE id = $1 AND state = 'pending'
RETURNING *;
