-- name: project_add
-- A path is registered once; adding it again gives the project of then.
INSERT INTO projects (id, path, name) VALUES ($1, $2, $3)
ON CONFLICT (path) DO UPDATE SET path = excluded.path
RETURNING *;

-- name: project_list
SELECT * FROM projects ORDER BY n;

-- name: project_get
SELECT * FROM projects WHERE id = $1;

-- name: project_change
-- Null leaves a field as it is.
UPDATE projects SET name = coalesce($2, name), permission_policy = coalesce($3, permission_policy)
 WHERE id = $1
RETURNING *;

-- name: project_lock_chats
SELECT c.id FROM chats c JOIN sessions s ON s.id = c.session_id
 WHERE s.project_id = $1 ORDER BY c.id FOR UPDATE OF c;

-- name: project_stop_tasks
UPDATE tasks SET state = 'cancelled', ended_at = now() WHERE project_id = $1 AND state = 'pending';

-- name: project_cancel_running
UPDATE tasks SET cancel_requested = true
 WHERE project_id = $1 AND state IN ('running', 'blocked')
RETURNING pg_notify('tasks_cancel', id);

-- name: project_remove
DELETE FROM projects WHERE id = $1 RETURNING id;
