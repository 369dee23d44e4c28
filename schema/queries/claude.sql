-- name: claude_entries_append
-- In the order given. Of an entry with a uuid that is there already, nothing changes.
INSERT INTO claude_session_entries (project_key, session_id, subpath, uuid, entry)
SELECT $1, $2, $3, e.uuid, e.entry::json
  FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS e (uuid, entry, n)
 ORDER BY e.n
ON CONFLICT (project_key, session_id, subpath, uuid) WHERE uuid IS NOT NULL DO NOTHING;

-- name: claude_entries_load
SELECT entry::text AS entry FROM claude_session_entries
 WHERE project_key = $1 AND session_id = $2 AND subpath = $3 ORDER BY n;

-- name: claude_entries_sessions
SELECT session_id, max(created_at) AS changed_at FROM claude_session_entries
 WHERE project_key = $1 AND subpath = '' GROUP BY session_id;

-- name: claude_entries_subpaths
SELECT DISTINCT subpath FROM claude_session_entries
 WHERE project_key = $1 AND session_id = $2 AND subpath <> '' ORDER BY subpath;

-- name: claude_entries_delete
-- Without a subpath ($3 null) the conversation with all its parts.
DELETE FROM claude_session_entries
 WHERE project_key = $1 AND session_id = $2 AND ($3::text IS NULL OR subpath = $3);
