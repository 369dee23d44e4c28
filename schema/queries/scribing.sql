-- name: scribe_nameless
-- The first prompt of a chat that nobody named, or whose session nobody named. A mere command (`/help`) says nothing of
-- what the chat is about.
SELECT t.input
  FROM chats c JOIN sessions s ON s.id = c.session_id
  JOIN messages m ON m.chat_id = c.id JOIN tasks t ON t.id = m.task_id
 WHERE c.id = $1 AND 'nobody' IN (c.named_by, s.named_by) AND m.role = 'user' AND NOT m.hidden
   AND t.input !~ '^\s*(/\S*)?\s*$'
 ORDER BY m.n LIMIT 1;

-- name: scribe_name_chat
-- Only as long as nobody has named it, whoever was faster.
UPDATE chats SET title = $2, named_by = 'scribe' WHERE id = $1 AND named_by = 'nobody' RETURNING id;

-- name: scribe_name_session
-- The session of the chat.
UPDATE sessions s SET title = $2, named_by = 'scribe'
  FROM chats c
 WHERE c.id = $1 AND s.id = c.session_id AND s.named_by = 'nobody'
RETURNING s.id;

-- name: scribe_summarise
-- Only in the place of the summary that it was made from.
UPDATE tasks SET output_summary = $3
 WHERE id = $1 AND state = 'completed' AND output_summary IS NOT DISTINCT FROM $2
RETURNING id;

-- name: scribe_label
UPDATE messages SET labels = array_append(labels, $2::json) WHERE id = $1;
