-- Who named a chat or a session, so that a name that a person chose is never written over, and labels of tool calls.

-- nobody: a default, or the first words of a prompt; a better name may take its place.
ALTER TABLE sessions ADD COLUMN named_by text NOT NULL DEFAULT 'nobody'
    CHECK (named_by IN ('nobody', 'scribe', 'person'));
ALTER TABLE chats ADD COLUMN named_by text NOT NULL DEFAULT 'nobody'
    CHECK (named_by IN ('nobody', 'scribe', 'person'));
-- Of those that are there it is not known: what is not a default counts as chosen.
UPDATE sessions SET named_by = 'person' WHERE title NOT IN ('', 'New session');
UPDATE chats SET named_by = 'person' WHERE title NOT IN ('', 'New chat');

-- Beside the parts, which the turn alone writes: a label may come when the turn is long over.
ALTER TABLE messages ADD COLUMN labels json[] NOT NULL DEFAULT '{}';

-- The one-line summary of a turn comes after its end.
DROP TRIGGER tasks_are_news ON tasks;
CREATE TRIGGER tasks_are_news
    AFTER INSERT OR UPDATE OF state, input, output_summary ON tasks
    FOR EACH ROW EXECUTE FUNCTION notify_news('task');
