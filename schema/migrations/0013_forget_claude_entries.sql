-- A Claude conversation that no chat can resume any more is forgotten with what pointed to it.

CREATE INDEX claude_entries_by_session ON claude_session_entries (session_id);

CREATE FUNCTION forget_claude_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM claude_session_entries WHERE session_id = OLD.agent_session_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER claude_entries_of_deleted AFTER DELETE ON agent_sessions
    FOR EACH ROW WHEN (OLD.agent_session_id IS NOT NULL)
    EXECUTE FUNCTION forget_claude_entries();

CREATE TRIGGER claude_entries_of_replaced AFTER UPDATE ON agent_sessions
    FOR EACH ROW WHEN (OLD.agent_session_id IS NOT NULL
                       AND OLD.agent_session_id IS DISTINCT FROM NEW.agent_session_id)
    EXECUTE FUNCTION forget_claude_entries();
