-- name: news_projects
SELECT * FROM projects WHERE id = ANY ($1::text[]) ORDER BY n;

-- name: news_sessions
SELECT * FROM sessions WHERE id = ANY ($1::text[]) ORDER BY n;

-- name: news_chats
SELECT * FROM chats WHERE id = ANY ($1::text[]) ORDER BY n;

-- name: news_tasks
SELECT * FROM tasks WHERE id = ANY ($1::text[]) ORDER BY n;

-- name: news_questions
-- The open questions of tasks.
SELECT * FROM permission_requests WHERE task_id = ANY ($1::text[]) AND outcome IS NULL ORDER BY n;

-- name: news_answers
SELECT * FROM permission_requests WHERE id = ANY ($1::text[]) AND outcome IS NOT NULL ORDER BY n;

-- name: news_agents
-- Pairs of chat and agent.
SELECT a.chat_id, a.agent, a.status, a.reason, a.quiet_since, c.session_id
  FROM unnest($1::text[], $2::text[]) AS i (chat_id, agent)
  JOIN agent_sessions a ON a.chat_id = i.chat_id AND a.agent = i.agent
  JOIN chats c ON c.id = a.chat_id
 ORDER BY c.n, a.agent;
