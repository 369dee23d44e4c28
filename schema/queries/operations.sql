-- name: operation_begin
INSERT INTO operations (id, kind, session_id, worktree_id, plan) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO NOTHING;

-- name: operation_list_open
SELECT * FROM operations WHERE state = 'open' AND ($1::text IS NULL OR session_id = $1) ORDER BY n;

-- name: operation_lock
SELECT * FROM operations WHERE id = $1 FOR UPDATE;

-- name: operation_end
-- The first end wins.
UPDATE operations SET state = $2, error = $3, ended_at = now() WHERE id = $1 AND state = 'open';

-- name: operation_forget_agents
-- They start anew at the next prompt; what the chat has used is still counted.
UPDATE agent_sessions SET agent_session_id = NULL, status = 'idle' WHERE chat_id = $1;
