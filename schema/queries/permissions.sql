-- name: permission_add
INSERT INTO permission_requests (id, chat_id, task_id, agent, request_key, title, tool, options, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::double precision))
ON CONFLICT (id) DO UPDATE SET id = excluded.id
RETURNING *;

-- name: permission_resolve
UPDATE permission_requests SET outcome = $2, resolved_at = now(), answered_by = $3
 WHERE id = $1 AND outcome IS NULL
RETURNING *;

-- name: permission_get
SELECT * FROM permission_requests WHERE id = $1;

-- name: permission_open
SELECT * FROM permission_requests
 WHERE outcome IS NULL AND ($1::text IS NULL OR chat_id = $1)
 ORDER BY n;

-- name: permission_withdraw_of_task
UPDATE permission_requests SET outcome = $2, resolved_at = now()
 WHERE task_id = $1 AND outcome IS NULL
RETURNING *;

-- name: permission_rules
-- What the project of a task lets its agents do, and where: the worktree of its session.
SELECT p.permission_policy, w.path AS worktree
  FROM tasks t
  JOIN projects p ON p.id = t.project_id
  LEFT JOIN worktrees w ON w.session_id = t.session_id AND w.removed_at IS NULL
 WHERE t.id = $1;

-- name: permission_open_with_task
SELECT p.*, t.project_id, t.session_id
  FROM permission_requests p JOIN tasks t ON t.id = p.task_id
 WHERE p.outcome IS NULL ORDER BY p.n;
