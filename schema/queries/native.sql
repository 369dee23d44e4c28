-- name: native_entries_load
SELECT entry::text AS entry FROM native_entries WHERE session_id = $1 ORDER BY at;

-- name: native_entries_append
-- Entries behind the first $3; what stands there already stays.
INSERT INTO native_entries (session_id, chat_id, at, entry)
SELECT $1, $2, $3 + e.n - 1, e.entry::json
  FROM unnest($4::text[]) WITH ORDINALITY AS e (entry, n)
ON CONFLICT (session_id, at) DO NOTHING;

-- name: native_entries_are_ours
-- Whether these entries stand at their places, and everything before them.
SELECT (SELECT count(*) FROM native_entries WHERE session_id = $1 AND at < $2) = $2
   AND NOT EXISTS (
           SELECT 1 FROM unnest($3::text[]) WITH ORDINALITY AS e (entry, n)
             LEFT JOIN native_entries k ON k.session_id = $1 AND k.at = $2 + e.n - 1
            WHERE k.entry::text IS DISTINCT FROM e.entry);

-- name: native_past_of_chat
-- The last $2 turns of a chat that are over, oldest first: each prompt, then its answer.
SELECT m.*
  FROM (SELECT id, n FROM tasks
         WHERE chat_id = $1 AND ended_at IS NOT NULL ORDER BY n DESC LIMIT $2) t
  JOIN messages m ON m.task_id = t.id AND m.chat_id = $1 AND NOT m.hidden
 ORDER BY t.n, m.role = 'assistant', m.n;
