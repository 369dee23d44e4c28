-- name: agent_session_get
-- With the last turn of it that was run by another process than $3, and the last time that its chat went back.
SELECT s.*, nullif(concat_ws(' ',
             (SELECT t.id FROM tasks t
               WHERE t.chat_id = s.chat_id AND t.agent = s.agent AND t.started_at IS NOT NULL
                 AND t.ended_at IS NOT NULL AND t.claimed_by IS DISTINCT FROM $3
               ORDER BY t.n DESC LIMIT 1),
             (SELECT c.id FROM checkpoints c
               WHERE c.chat_id = s.chat_id AND c.kind = 'safety'
               ORDER BY c.n DESC LIMIT 1)), '') AS led_elsewhere
  FROM agent_sessions s WHERE s.chat_id = $1 AND s.agent = $2;

-- name: agent_session_save
-- The status of a known one is that of its newest frame: this comes beside the log and may be late.
INSERT INTO agent_sessions (chat_id, agent, backend, status, agent_session_id, config_hash, last_active_at)
SELECT c.id, $2, $3, $4, $5, $6, now() FROM chats c WHERE c.id = $1
ON CONFLICT (chat_id, agent) DO UPDATE
   SET backend = excluded.backend, agent_session_id = excluded.agent_session_id,
       config_hash = excluded.config_hash, last_active_at = excluded.last_active_at;

-- name: agent_session_set_status
INSERT INTO agent_sessions (chat_id, agent, status, reason, quiet_since, last_active_at)
SELECT c.id, $2, $3, $4, $5::text::timestamptz, now() FROM chats c WHERE c.id = $1
ON CONFLICT (chat_id, agent) DO UPDATE
   SET status = excluded.status, reason = excluded.reason, quiet_since = excluded.quiet_since,
       last_active_at = excluded.last_active_at;

-- name: agent_session_set_commands
INSERT INTO agent_sessions (chat_id, agent, commands) SELECT c.id, $2, $3::text::json FROM chats c WHERE c.id = $1
ON CONFLICT (chat_id, agent) DO UPDATE SET commands = excluded.commands;

-- name: agent_session_end_turn
-- With the settlement, so that no agent is left working by whoever dies before the frame of its status.
INSERT INTO agent_sessions AS s (chat_id, agent, model, input_tokens, output_tokens, cost, status, last_active_at)
SELECT c.id, $2, $3, $4, $5, $6, $7, now() FROM chats c WHERE c.id = $1
ON CONFLICT (chat_id, agent) DO UPDATE
   SET status = excluded.status, reason = NULL, quiet_since = NULL,
       model = coalesce(excluded.model, s.model),
       input_tokens = coalesce(s.input_tokens + excluded.input_tokens, s.input_tokens, excluded.input_tokens),
       output_tokens = coalesce(s.output_tokens + excluded.output_tokens, s.output_tokens, excluded.output_tokens),
       cost = coalesce(s.cost + excluded.cost, s.cost, excluded.cost),
       last_active_at = excluded.last_active_at;

-- name: agent_session_list
SELECT a.*, c.session_id FROM agent_sessions a JOIN chats c ON c.id = a.chat_id
 WHERE c.session_id = $1 ORDER BY c.n, a.agent;

-- name: agent_session_list_all
-- Those at work first, so that a limit never hides one, then those that were active last. Not their commands: long.
SELECT a.chat_id, a.agent, a.status, a.reason, a.quiet_since, a.agent_session_id, a.model, a.input_tokens,
       a.output_tokens, a.cost, a.last_active_at, c.session_id
  FROM agent_sessions a JOIN chats c ON c.id = a.chat_id
 ORDER BY a.status = 'idle', a.last_active_at DESC NULLS LAST, c.n, a.agent LIMIT $1;

-- name: provider_save
INSERT INTO available_agents (id, label, installed, version, transport, supports_acp, models, modes, commands, error,
                              told, asked_as)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO UPDATE
   SET label = excluded.label, installed = excluded.installed, version = excluded.version,
       transport = excluded.transport, supports_acp = excluded.supports_acp, models = excluded.models,
       modes = excluded.modes, commands = excluded.commands, error = excluded.error, told = excluded.told,
       asked_as = excluded.asked_as, probed_at = now();

-- name: provider_list
SELECT * FROM available_agents ORDER BY id;
