-- Orchestrator runs, persisted step by step.

CREATE TABLE flow_runs (
    id         text PRIMARY KEY,
    n          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    project_id text NOT NULL REFERENCES projects ON DELETE CASCADE,
    session_id text REFERENCES sessions ON DELETE SET NULL,
    flow       text NOT NULL,
    state      text NOT NULL DEFAULT 'running'
               CHECK (state IN ('running', 'completed', 'failed', 'cancelled')),
    input      json NOT NULL DEFAULT '{}',
    report     text,
    error      text,
    last_seq   bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz
);
CREATE INDEX flow_runs_of_project ON flow_runs (project_id, n);
CREATE INDEX flow_runs_of_session ON flow_runs (session_id) WHERE session_id IS NOT NULL;

CREATE TABLE flow_steps (
    id         text PRIMARY KEY,
    n          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    run_id     text NOT NULL REFERENCES flow_runs ON DELETE CASCADE,
    task_id    text REFERENCES tasks ON DELETE SET NULL,
    phase      text NOT NULL,
    name       text NOT NULL,
    agent      text,
    model      text,
    state      text NOT NULL DEFAULT 'pending'
               CHECK (state IN ('pending', 'running', 'completed', 'failed', 'cancelled', 'skipped')),
    input      json NOT NULL DEFAULT '{}',
    output     json,
    error      text,
    started_at timestamptz,
    ended_at   timestamptz,
    UNIQUE (run_id, phase, name)
);
CREATE INDEX flow_steps_of_task ON flow_steps (task_id) WHERE task_id IS NOT NULL;
