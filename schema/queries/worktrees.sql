-- name: worktree_get
SELECT * FROM worktrees WHERE session_id = $1 AND removed_at IS NULL;

-- name: worktree_by_id
SELECT * FROM worktrees WHERE id = $1 AND removed_at IS NULL;

-- name: worktree_list
-- Oldest first; with those that were removed when $1 is true. The newest thousand.
SELECT * FROM (
    SELECT * FROM worktrees WHERE $1::boolean OR removed_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1000
) AS newest ORDER BY created_at, id;

-- name: worktree_save
INSERT INTO worktrees (id, session_id, project_id, project_path, path, branch, base_commit, made_for, orphaned_at,
                       condemned_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
        CASE WHEN $2::text IS NULL THEN coalesce(to_timestamp($9::double precision), now()) END,
        to_timestamp($10::double precision))
ON CONFLICT (id) DO UPDATE
   SET session_id = excluded.session_id, project_id = excluded.project_id, project_path = excluded.project_path,
       path = excluded.path, branch = excluded.branch, base_commit = excluded.base_commit,
       made_for = excluded.made_for, orphaned_at = excluded.orphaned_at, condemned_at = excluded.condemned_at;

-- name: worktree_adopt
-- An orphan from now on. What is known already, by its path or by whom it was made for, stays as it is.
INSERT INTO worktrees (id, project_id, project_path, path, branch, base_commit, made_for, orphaned_at)
VALUES ($1, (SELECT p.id FROM projects p WHERE p.id = $2), $3, $4, $5, $6, $7, now())
ON CONFLICT DO NOTHING;

-- name: worktree_note
UPDATE worktrees
   SET condemned_at = CASE WHEN $2 THEN coalesce(condemned_at, now()) END, kept_because = $3
 WHERE id = $1 AND removed_at IS NULL;

-- name: worktree_removed
UPDATE worktrees
   SET removed_at = coalesce(removed_at, now()), salvage_ref = coalesce($2, salvage_ref), kept_because = NULL
 WHERE id = $1;

-- name: worktree_move_base
UPDATE worktrees SET base_commit = $2 WHERE id = $1;

-- name: worktree_forget
UPDATE worktrees SET removed_at = now() WHERE id = $1 AND removed_at IS NULL;
