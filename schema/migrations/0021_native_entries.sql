-- The conversations of BooCode's own agent: entries in order, numbered from 0 without gaps.

CREATE TABLE native_entries (
    session_id text NOT NULL,
    at         integer NOT NULL,
    chat_id    text NOT NULL,
    entry      json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (session_id, at)
);
CREATE INDEX native_entries_of_chat ON native_entries (chat_id);

-- One that no chat can resume any more is forgotten with what pointed to it.
CREATE FUNCTION forget_native_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM native_entries WHERE session_id = OLD.agent_session_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER native_entries_of_deleted AFTER DELETE ON agent_sessions
    FOR EACH ROW WHEN (OLD.agent_session_id IS NOT NULL AND OLD.backend = 'native')
    EXECUTE FUNCTION forget_native_entries();

CREATE TRIGGER native_entries_of_replaced AFTER UPDATE ON agent_sessions
    FOR EACH ROW WHEN (OLD.agent_session_id IS NOT NULL AND OLD.backend = 'native'
                       AND OLD.agent_session_id IS DISTINCT FROM NEW.agent_session_id)
    EXECUTE FUNCTION forget_native_entries();

-- A session may end before anybody was told its id.
CREATE FUNCTION forget_native_entries_of_chat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM native_entries WHERE chat_id = OLD.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER native_entries_of_deleted_chat AFTER DELETE ON chats
    FOR EACH ROW EXECUTE FUNCTION forget_native_entries_of_chat();
