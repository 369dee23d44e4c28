-- name: session_add
INSERT INTO sessions (id, project_id, title)
SELECT $1, p.id, $3 FROM projects p WHERE p.id = $2
RETURNING *;

-- name: session_add_named
-- As session_add, by a person who chose the title.
INSERT INTO sessions (id, project_id, title, named_by)
SELECT $1, p.id, $3, 'person' FROM projects p WHERE p.id = $2
RETURNING *;

-- name: session_list
-- Newest first; $2 is the `n` after which to go on.
SELECT * FROM sessions
 WHERE ($1::text IS NULL OR project_id = $1) AND ($2::bigint IS NULL OR n < $2)
 ORDER BY n DESC LIMIT $3;

-- name: session_get
SELECT * FROM sessions WHERE id = $1;

-- name: session_rename
-- A person did; an empty title takes the name away again.
UPDATE sessions SET title = $2, named_by = CASE WHEN $2 = '' THEN 'nobody' ELSE 'person' END
 WHERE id = $1
RETURNING *;

-- name: session_name_for_now
-- The first words of a prompt: only as long as nobody has named it.
UPDATE sessions SET title = $2 WHERE id = $1 AND named_by = 'nobody';

-- name: session_lock_chats
-- Chats before tasks, as every batch of the log does it.
SELECT id FROM chats WHERE session_id = $1 ORDER BY id FOR UPDATE;

-- name: session_stop_tasks
UPDATE tasks SET state = 'cancelled', ended_at = now() WHERE session_id = $1 AND state = 'pending';

-- name: session_cancel_running
UPDATE tasks SET cancel_requested = true
 WHERE session_id = $1 AND state IN ('running', 'blocked')
RETURNING pg_notify('tasks_cancel', id);

-- name: session_remove
DELETE FROM sessions WHERE id = $1 RETURNING id;

-- name: chat_add
INSERT INTO chats (id, session_id, title)
SELECT $1, s.id, $3 FROM sessions s WHERE s.id = $2
RETURNING *;

-- name: chat_add_named
-- As chat_add, by a person who chose the title.
INSERT INTO chats (id, session_id, title, named_by)
SELECT $1, s.id, $3, 'person' FROM sessions s WHERE s.id = $2
RETURNING *;

-- name: chat_list
-- Oldest first, as tabs are; $2 is the `n` after which to go on.
SELECT * FROM chats
 WHERE ($1::text IS NULL OR session_id = $1) AND ($2::bigint IS NULL OR n > $2)
 ORDER BY n LIMIT $3;

-- name: chats_of_sessions
SELECT * FROM chats WHERE session_id = ANY ($1::text[]) ORDER BY n;

-- name: chat_get
SELECT * FROM chats WHERE id = $1;

-- name: chat_rename
UPDATE chats SET title = $2, named_by = CASE WHEN $2 = '' THEN 'nobody' ELSE 'person' END
 WHERE id = $1
RETURNING *;

-- name: chat_name_for_now
UPDATE chats SET title = $2 WHERE id = $1 AND named_by = 'nobody';

-- name: chat_lock_chats
SELECT id FROM chats WHERE id = $1 FOR UPDATE;

-- name: chat_stop_tasks
UPDATE tasks SET state = 'cancelled', ended_at = now() WHERE chat_id = $1 AND state = 'pending';

-- name: chat_cancel_running
UPDATE tasks SET cancel_requested = true
 WHERE chat_id = $1 AND state IN ('running', 'blocked')
RETURNING pg_notify('tasks_cancel', id);

-- name: chat_remove
DELETE FROM chats WHERE id = $1 RETURNING id;

-- name: chat_place
SELECT c.id, c.session_id, s.project_id FROM chats c JOIN sessions s ON s.id = c.session_id WHERE c.id = $1;
