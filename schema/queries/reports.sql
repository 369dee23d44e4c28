-- name: setting_get
SELECT value FROM settings WHERE key = $1;

-- name: setting_set
INSERT INTO settings (key, value) VALUES ($1, $2)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now();

-- name: settings_of_ui
SELECT key, value FROM settings WHERE starts_with(key, 'ui.');

-- name: inbox
SELECT * FROM human_inbox ORDER BY since DESC, task_id LIMIT 200;

-- name: costs
-- A sum is null when no agent said anything.
SELECT CASE $1::text
           WHEN 'project' THEN project_id
           WHEN 'agent' THEN agent
           WHEN 'model' THEN model
           WHEN 'day' THEN to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
       END                        AS key,
       count(*)                   AS tasks,
       sum(input_tokens)::bigint  AS input_tokens,
       sum(output_tokens)::bigint AS output_tokens,
       sum(cost)                  AS cost
  FROM tasks GROUP BY 1 ORDER BY 1;

-- name: ping
SELECT 1;
