-- What every process on the database has to hear of, because what it concerns may live in another one.

-- A chat is gone: whoever keeps an agent warm for it may let it go.
CREATE FUNCTION notify_chats_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('chats_gone', OLD.id);
    RETURN NULL;
END $$;

CREATE TRIGGER chats_gone_are_told
    AFTER DELETE ON chats FOR EACH ROW EXECUTE FUNCTION notify_chats_gone();

-- A question has its outcome: the turn that asked may run elsewhere than where it was answered.
CREATE FUNCTION notify_permissions_resolved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('permissions_resolved', NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER permissions_resolved_are_told
    AFTER UPDATE OF outcome ON permission_requests
    FOR EACH ROW WHEN (OLD.outcome IS NULL AND NEW.outcome IS NOT NULL)
    EXECUTE FUNCTION notify_permissions_resolved();
