-- Who gave the answer to a question: a person, the project's policy, or its deadline; null while it is open and
-- when it was withdrawn.

ALTER TABLE permission_requests
    ADD COLUMN answered_by text CHECK (answered_by IN ('person', 'policy', 'deadline'));

UPDATE permission_requests
   SET answered_by = CASE WHEN starts_with(outcome, 'selected:') THEN 'person'
                          WHEN starts_with(outcome, 'timed_out:') THEN 'deadline' END
 WHERE outcome IS NOT NULL;
