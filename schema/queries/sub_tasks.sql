-- name: sub_task_parent
-- The task whose turn runs in a chat.
SELECT * FROM tasks WHERE chat_id = $1 AND state IN ('running', 'blocked') ORDER BY n LIMIT 1;

-- name: sub_task_lock_parent
-- Its end waits, so that a child is either seen by it or not made any more.
SELECT * FROM tasks
 WHERE chat_id = $1 AND state IN ('running', 'blocked') AND NOT cancel_requested
 ORDER BY n LIMIT 1 FOR NO KEY UPDATE;

-- name: sub_task_counts
-- How deep the task $1 stands (0: a person's own), how many of its children are open, and how many tasks there are
-- below the one that began it all.
WITH RECURSIVE above AS (
    SELECT id, parent_task_id, 0 AS depth FROM tasks WHERE id = $1
    UNION ALL
    SELECT p.id, p.parent_task_id, a.depth + 1 FROM above a JOIN tasks p ON p.id = a.parent_task_id
     WHERE a.depth < 100
), below AS (
    SELECT id FROM (SELECT id FROM above ORDER BY depth DESC LIMIT 1) AS first
    UNION ALL
    SELECT c.id FROM below b JOIN tasks c ON c.parent_task_id = b.id
)
SELECT (SELECT max(depth) FROM above)    AS depth,
       (SELECT count(*) FROM tasks
         WHERE parent_task_id = $1 AND state IN ('pending', 'running', 'blocked')) AS open,
       (SELECT count(*) - 1 FROM below)  AS in_all;

-- name: sub_task_list
-- The $2 newest children of the conversation that a chat's running turn belongs to, newest first. What a restore has
-- hidden did not happen there.
WITH me AS (
    SELECT id, chat_id, agent FROM tasks
     WHERE chat_id = $1 AND state IN ('running', 'blocked') ORDER BY n LIMIT 1
)
SELECT c.*
  FROM me
  JOIN tasks p ON p.chat_id = me.chat_id AND p.agent = me.agent
  LEFT JOIN messages pm ON pm.id = p.message_id
  JOIN tasks c ON c.parent_task_id = p.id
 WHERE NOT coalesce(pm.hidden, false)
 ORDER BY c.n DESC LIMIT $2;

-- name: sub_task_get
-- One of them, with what its message holds.
WITH me AS (
    SELECT id, chat_id, agent FROM tasks
     WHERE chat_id = $1 AND state IN ('running', 'blocked') ORDER BY n LIMIT 1
)
SELECT c.*, m.parts AS answer
  FROM me
  JOIN tasks c ON c.id = $2
  JOIN tasks p ON p.id = c.parent_task_id AND p.chat_id = me.chat_id AND p.agent = me.agent
  LEFT JOIN messages pm ON pm.id = p.message_id
  LEFT JOIN messages m ON m.id = c.message_id
 WHERE NOT coalesce(pm.hidden, false);

-- name: sub_task_untold
-- Those that are over and that the agent was not told of, or was told of in a turn that a restore took back.
WITH me AS (
    SELECT id, chat_id, agent FROM tasks
     WHERE chat_id = $1 AND state IN ('running', 'blocked') ORDER BY n LIMIT 1
)
SELECT c.*, m.parts AS answer
  FROM me
  JOIN tasks p ON p.chat_id = me.chat_id AND p.agent = me.agent
  LEFT JOIN messages pm ON pm.id = p.message_id
  JOIN tasks c ON c.parent_task_id = p.id
  LEFT JOIN tasks t ON t.id = c.told_in
  LEFT JOIN messages tm ON tm.id = t.message_id
  LEFT JOIN messages m ON m.id = c.message_id
 WHERE c.ended_at IS NOT NULL AND NOT coalesce(pm.hidden, false)
   AND (c.told_in IS NULL OR coalesce(tm.hidden, false))
 ORDER BY c.ended_at, c.n LIMIT $2;

-- name: sub_task_told
-- The running turn of the chat $1 has told of these.
UPDATE tasks c SET told_in = me.id
  FROM (SELECT id, chat_id FROM tasks
         WHERE chat_id = $1 AND state IN ('running', 'blocked') ORDER BY n LIMIT 1) AS me
  JOIN tasks p ON p.chat_id = me.chat_id
 WHERE c.id = ANY ($2::text[]) AND c.parent_task_id = p.id;

-- name: sub_task_last_call
-- The tool call that a task's turn began last.
SELECT e.body::text AS body
  FROM tasks t JOIN events e ON e.chat_id = t.chat_id
 WHERE t.id = $1 AND e.type = 'tool_call' ORDER BY e.seq DESC LIMIT 1;

-- name: sub_task_to_cancel
-- What waits in the queue and is to be cancelled, because what it was begun by was.
SELECT id FROM tasks WHERE state = 'pending' AND cancel_requested ORDER BY n LIMIT $1;

-- name: tasks_ended
-- Those of them that are over, or gone.
SELECT i.id, t.state FROM unnest($1::text[]) AS i (id) LEFT JOIN tasks t ON t.id = i.id
 WHERE t.id IS NULL OR t.ended_at IS NOT NULL;

-- name: session_history
-- The $2 newest messages of all chats of the session that a chat belongs to, newest first; of turns that are over.
SELECT m.*, c.title AS chat_title, c.id <> h.id AS is_elsewhere
  FROM chats h
  JOIN chats c ON c.session_id = h.session_id
  JOIN messages m ON m.chat_id = c.id
  LEFT JOIN tasks t ON t.id = m.task_id
 WHERE h.id = $1 AND NOT m.hidden AND (t.id IS NULL OR t.ended_at IS NOT NULL)
 ORDER BY m.n DESC LIMIT $2;
