-- Projects, their sessions and the chats in them.
-- `n` is the order of creation: what lists are sorted and paged by.

CREATE TABLE projects (
    id         text PRIMARY KEY,
    n          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    name       text NOT NULL CHECK (name <> ''),
    path       text NOT NULL UNIQUE CHECK (path <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    id         text PRIMARY KEY,
    n          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    project_id text NOT NULL REFERENCES projects ON DELETE CASCADE,
    title      text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_of_project ON sessions (project_id, n);

-- last_seq changes with every batch of events: room on the page keeps those updates away from the indexes.
CREATE TABLE chats (
    id         text PRIMARY KEY,
    n          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    session_id text NOT NULL REFERENCES sessions ON DELETE CASCADE,
    title      text NOT NULL DEFAULT '',
    last_seq   bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 60);
CREATE INDEX chats_of_session ON chats (session_id, n);
