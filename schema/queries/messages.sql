-- name: message_add
INSERT INTO messages (id, chat_id, task_id, role, status, agent, model, parts, client_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
RETURNING *;

-- name: message_add_for_tasks
-- The assistant messages of freshly claimed tasks, known to their tasks: arrays of message ids and task ids.
WITH pairs AS (
    SELECT * FROM unnest($1::text[], $2::text[]) AS i (message_id, task_id)
), named AS (
    UPDATE tasks t SET message_id = i.message_id FROM pairs i WHERE t.id = i.task_id
)
INSERT INTO messages (id, chat_id, task_id, role, status, agent, model)
SELECT i.message_id, t.chat_id, t.id, 'assistant', 'streaming', t.agent, t.model
  FROM pairs i JOIN tasks t ON t.id = i.task_id
RETURNING *;

-- name: message_list
-- Newest first, $3 rows before the `n` given as $2. A prompt whose task was not claimed yet is queued. What a
-- restore has hidden is not in the chat. What a turn used is that of its task.
SELECT m.*, m.role = 'user' AND coalesce(t.state = 'pending', false) AS queued,
       t.input_tokens, t.output_tokens, t.cost
  FROM messages m LEFT JOIN tasks t ON t.id = m.task_id
 WHERE m.chat_id = $1 AND NOT m.hidden AND ($2::bigint IS NULL OR m.n < $2)
 ORDER BY m.n DESC LIMIT $3;

-- name: message_list_onward
-- As message_list, but oldest first, after the `n` given as $2.
SELECT m.*, m.role = 'user' AND coalesce(t.state = 'pending', false) AS queued,
       t.input_tokens, t.output_tokens, t.cost
  FROM messages m LEFT JOIN tasks t ON t.id = m.task_id
 WHERE m.chat_id = $1 AND NOT m.hidden AND ($2::bigint IS NULL OR m.n > $2)
 ORDER BY m.n LIMIT $3;

-- name: message_get
SELECT m.*, m.role = 'user' AND coalesce(t.state = 'pending', false) AS queued,
       t.input_tokens, t.output_tokens, t.cost
  FROM messages m LEFT JOIN tasks t ON t.id = m.task_id
 WHERE m.id = $1;

-- name: message_of_client
SELECT * FROM messages WHERE chat_id = $1 AND client_id = $2;

-- name: message_save
-- Snapshots of messages that are still being written: arrays of ids, parts and models.
UPDATE messages m SET parts = i.parts, model = coalesce(i.model, m.model)
  FROM unnest($1::text[], $2::json[], $3::text[]) AS i (id, parts, model)
 WHERE m.id = i.id AND m.status = 'streaming';

-- name: message_finish
UPDATE messages SET status = $2, parts = $3, model = coalesce($4, model), error = $5
 WHERE id = $1 AND status = 'streaming'
RETURNING *;
