-- A failed task that was tried again waits for nobody: what came of the new try does, if that failed, too.
ALTER TABLE tasks ADD COLUMN repeats text REFERENCES tasks ON DELETE SET NULL;
CREATE INDEX tasks_of_repeated ON tasks (repeats) WHERE repeats IS NOT NULL;

CREATE OR REPLACE VIEW human_inbox AS
SELECT t.id         AS task_id,
       t.state,
       t.project_id,
       p.name       AS project,
       t.session_id,
       t.chat_id,
       t.agent,
       t.model,
       t.input,
       t.error,
       t.output_summary,
       t.created_at,
       coalesce(t.ended_at, t.started_at) AS since
  FROM tasks t
  JOIN projects p ON p.id = t.project_id
  LEFT JOIN messages m ON m.id = t.message_id
 WHERE t.state IN ('blocked', 'failed') AND NOT coalesce(m.hidden, false)
   AND NOT EXISTS (SELECT 1 FROM tasks again WHERE again.repeats = t.id);
