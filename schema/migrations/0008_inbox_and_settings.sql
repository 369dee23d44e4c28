-- Small things that are remembered, and what waits for a person.

CREATE TABLE settings (
    key        text PRIMARY KEY,
    value      text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE VIEW human_inbox AS
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
 WHERE t.state IN ('blocked', 'failed');
