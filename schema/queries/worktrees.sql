-- name: worktree_get
SELECT * FROM worktrees WHERE session_id = $1 AND removed_at IS NULL;

-- name: worktree_save
INSERT INTO worktrees (id, session_id, project_id, project_path, path, branch, base_commit)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE
   SET session_id = excluded.session_id, project_id = excluded.project_id, project_path = excluded.project_path,
       path = excluded.path, branch = excluded.branch, base_commit = excluded.base_commit;

-- name: worktree_move_base
UPDATE worktrees SET base_commit = $2 WHERE id = $1;

-- name: worktree_forget
UPDATE worktrees SET removed_at = now() WHERE id = $1 AND removed_at IS NULL;

-- name: change_supersede
UPDATE pending_changes SET state = 'superseded', decided_at = now()
 WHERE session_id = $1 AND state = 'pending';

-- name: change_add
INSERT INTO pending_changes (id, session_id, task_id, agent, path, old_path, op, state, diff, is_binary,
                             additions, deletions, old_blob, new_blob, old_mode, new_mode, error)
VALUES ($1, $2, (SELECT t.id FROM tasks t WHERE t.id = $3), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
        $15, $16, $17);

-- name: change_list
SELECT * FROM pending_changes WHERE session_id = $1 AND state = ANY ($2::text[]) ORDER BY n;

-- name: change_get
SELECT * FROM pending_changes WHERE id = ANY ($1::text[]) ORDER BY n;

-- name: change_set_state
UPDATE pending_changes SET state = $3, error = $4, decided_at = now()
 WHERE id = ANY ($1::text[]) AND state = $2
RETURNING *;
