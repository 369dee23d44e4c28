"""The rules of the actor kernel, one test a rule; a `case` marker carries the rule's number."""
