-- The slash commands that an agent told last in a chat, so that who opens the chat later has them, too.
ALTER TABLE agent_sessions ADD COLUMN commands json;
