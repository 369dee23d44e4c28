-- Questions of agents to people: answered once.

CREATE TABLE permission_requests (
    id          text PRIMARY KEY,
    n           bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    chat_id     text NOT NULL REFERENCES chats ON DELETE CASCADE,
    task_id     text NOT NULL REFERENCES tasks ON DELETE CASCADE,
    agent       text NOT NULL,
    request_key text NOT NULL,
    title       text NOT NULL,
    tool        json NOT NULL,
    options     json NOT NULL,
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    outcome     text,
    resolved_at timestamptz,
    CONSTRAINT permission_requests_resolved_once CHECK ((outcome IS NULL) = (resolved_at IS NULL))
);
CREATE INDEX permission_requests_open ON permission_requests (chat_id, n) WHERE outcome IS NULL;
CREATE INDEX permission_requests_of_task ON permission_requests (task_id);
CREATE INDEX permission_requests_of_chat ON permission_requests (chat_id);
