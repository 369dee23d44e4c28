-- News: what every window of every process on the database has to hear of. A notice names a row that came, is not as
-- it was, or is gone; whoever hears it reads the row. Notices of one transaction that are the same come once.

-- The whole status of an agent is in its row, so that it can be told from there, and found after a reload.
ALTER TABLE agent_sessions
    ADD COLUMN reason      text,
    ADD COLUMN quiet_since timestamptz;

CREATE FUNCTION notify_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('news', TG_ARGV[0] || ' ' || NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER projects_are_news
    AFTER INSERT OR UPDATE OF name, permission_policy ON projects
    FOR EACH ROW EXECUTE FUNCTION notify_news('project');
CREATE TRIGGER sessions_are_news
    AFTER INSERT OR UPDATE OF title ON sessions FOR EACH ROW EXECUTE FUNCTION notify_news('session');
-- Not of every column: last_seq changes with each batch of the log.
CREATE TRIGGER chats_are_news
    AFTER INSERT OR UPDATE OF title ON chats FOR EACH ROW EXECUTE FUNCTION notify_news('chat');
CREATE TRIGGER tasks_are_news
    AFTER INSERT OR UPDATE OF state, input ON tasks FOR EACH ROW EXECUTE FUNCTION notify_news('task');

-- A question is told with the state of its task: what the project's policy answers is never shown. The second one
-- of a task finds it blocked already.
CREATE FUNCTION notify_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('news', 'task ' || t.id) FROM tasks t WHERE t.id = NEW.task_id AND t.state = 'blocked';
    RETURN NULL;
END $$;

CREATE TRIGGER questions_are_news
    AFTER INSERT ON permission_requests FOR EACH ROW EXECUTE FUNCTION notify_question();
CREATE TRIGGER answers_are_news
    AFTER UPDATE OF outcome ON permission_requests
    FOR EACH ROW WHEN (OLD.outcome IS NULL AND NEW.outcome IS NOT NULL)
    EXECUTE FUNCTION notify_news('answer');

CREATE FUNCTION notify_agent_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR (OLD.status, OLD.reason, OLD.quiet_since)
                           IS DISTINCT FROM (NEW.status, NEW.reason, NEW.quiet_since) THEN
        PERFORM pg_notify('news', 'agent ' || NEW.chat_id || ' ' || NEW.agent);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER agent_statuses_are_news
    AFTER INSERT OR UPDATE OF status, reason, quiet_since ON agent_sessions
    FOR EACH ROW EXECUTE FUNCTION notify_agent_status();

CREATE FUNCTION notify_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('news', 'settings ui');
    RETURN NULL;
END $$;

CREATE TRIGGER ui_settings_are_news
    AFTER INSERT OR UPDATE OF value ON settings
    FOR EACH ROW WHEN (starts_with(NEW.key, 'ui.')) EXECUTE FUNCTION notify_settings();

-- What is gone cannot be read any more: the notice says all that there is to say.
CREATE FUNCTION notify_project_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('news', 'project_gone ' || OLD.id);
    RETURN NULL;
END $$;

CREATE FUNCTION notify_session_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('news', 'session_gone ' || OLD.id || ' ' || OLD.project_id);
    RETURN NULL;
END $$;

CREATE FUNCTION notify_chat_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('news', 'chat_gone ' || OLD.id || ' ' || OLD.session_id);
    RETURN NULL;
END $$;

CREATE TRIGGER projects_gone_are_news
    AFTER DELETE ON projects FOR EACH ROW EXECUTE FUNCTION notify_project_gone();
CREATE TRIGGER sessions_gone_are_news
    AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION notify_session_gone();
CREATE TRIGGER chats_gone_are_news
    AFTER DELETE ON chats FOR EACH ROW EXECUTE FUNCTION notify_chat_gone();
