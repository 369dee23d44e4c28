-- What agents may do in a project without asking a person.

ALTER TABLE projects
    ADD COLUMN permission_policy text NOT NULL DEFAULT 'ask'
    CHECK (permission_policy IN ('ask', 'allow_reads', 'allow_worktree'));
