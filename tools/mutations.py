"""The planted faults: the six that the kernel's rules name, and our own."""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class Mutant:
    """`before` becomes `after` in `file` (of the kernel, exactly once); `tests` are meant to notice."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


NAMED: Final = (
    Mutant(
        "stale-exit check deleted",
        "decide.py",
        "return kid if kid is not None and kid.incarnation == event.incarnation else None",
        "return kid",
        ("test_decide.py::test_stale_news_of_an_older_incarnation_changes_nothing",),
    ),
    Mutant(
        "stop order reversed",
        "draft.py",
        "        kids = self.kids.in_order()[::-1]\n        for kid in kids:",
        "        kids = self.kids.in_order()\n        for kid in kids:",
        ("test_shutdown.py::test_children_stop_right_to_left_each_after_the_one_before_is_gone",),
    ),
    Mutant(
        "restarts counted per kid",
        "decide.py",
        "    draft.window, exhausted = draft.window.recorded(draft.now)\n",
        "    draft.window, exhausted = draft.window.recorded(draft.now)\n"
        "    exhausted = kid.attempt >= draft.window.budget.max_restarts\n",
        ("test_intensity.py::test_budget_belongs_to_the_supervisor_not_to_the_child",),
    ),
    Mutant(
        "window edge exclusive",
        "restarts.py",
        "now - times[first] > period",
        "now - times[first] >= period",
        ("test_intensity.py::test_window_slides_and_its_edge_is_inclusive",),
    ),
    Mutant(
        "busy members evicted",
        "passivation.py",
        "return self.status is Status.IDLE and self.leases == 0",
        "return self.status is not Status.PASSIVATING and self.leases == 0",
        ("test_passivation.py::test_only_idle_members_count_against_the_cap_and_only_idle_ones_are_evicted",),
    ),
    Mutant(
        "cap before jitter",
        "restarts.py",
        "return min(backoff.maximum, grown * (1 + u * backoff.jitter))",
        "return min(backoff.maximum, grown) * (1 + u * backoff.jitter)",
        ("test_backoff.py::test_delays_double_up_to_the_cap_and_jitter_never_passes_it",),
    ),
)

OURS: Final = (
    Mutant(
        "one restart too few",
        "restarts.py",
        "len(counted) > budget.max_restarts",
        "len(counted) >= budget.max_restarts",
        ("test_intensity.py::test_as_many_restarts_as_budgeted_survive_and_the_next_escalates_in_order",),
    ),
    Mutant(
        "failed starts are free",
        "decide.py",
        "    else:\n        _restart(draft, kid, event)\n\n\ndef _ended",
        "    else:\n        window = draft.window\n        _restart(draft, kid, event)\n        draft.window = window\n"
        "\n\ndef _ended",
        ("test_intensity.py::test_failed_start_attempts_spend_the_budget",),
    ),
    Mutant(
        "transient returns after a clean exit",
        "decide.py",
        "kid.restart is Restart.TRANSIENT and is_clean(event.exit)",
        "kid.restart is Restart.TRANSIENT and False",
        ("test_restart_types.py::test_transient_restarts_after_crash_and_kill_only",),
    ),
    Mutant(
        "rest_for_one takes the earlier along",
        "draft.py",
        "return [member for member in kids if member.order >= kid.order]",
        "return kids",
        ("test_strategies.py::test_rest_for_one_restarts_only_the_later_ones",),
    ),
    Mutant(
        "temporary bystander comes back",
        "draft.py",
        "if kid.restart is not Restart.TEMPORARY or kid.id == asked or kid.status is Status.STOPPED:",
        "if True:",
        ("test_restart_types.py::test_temporary_stopped_by_a_siblings_group_restart_stays_away",),
    ),
    Mutant(
        "group starts without its backoff",
        "draft.py",
        "if self.starts and self.starts_due is not None and self.now < self.starts_due:",
        "if False:",
        ("test_strategies.py",),
    ),
    Mutant(
        "uptime never resets the backoff",
        "restarts.py",
        "return 0 if uptime is not None and uptime >= backoff.reset_after else attempt",
        "return attempt",
        ("test_backoff.py::test_sequence_restarts_after_enough_uptime_and_not_before",),
    ),
    Mutant(
        "termination leaves the restart pending",
        "requests.py",
        "    if kid.status not in LIVE:\n        draft.rest(kid, _TERMINATED)",
        "    if kid.status not in LIVE:\n        draft.answer(event.token, kid.id)",
        ("test_backoff.py::test_terminating_a_waiting_child_cancels_its_restart",),
    ),
    Mutant(
        "control does not overtake a burst",
        "mailbox.py",
        "        self.is_plain = False\n        if self._parked is not None:\n            self._wake()\n",
        "        if self._parked is not None:\n            self._wake()\n",
        ("test_mailbox.py::test_fifo_per_sender_and_control_overtakes_queued_data",),
    ),
    Mutant(
        "mailbox without a bound",
        "mailbox.py",
        "        if depth >= self.capacity:\n            self.lost += 1",
        "        if depth > self.capacity * 1_000_000:\n            self.lost += 1",
        ("test_mailbox.py::test_full_mailbox_follows_its_rule_and_the_control_lane_is_never_full",),
    ),
    Mutant(
        "queued callers forgotten at death",
        "worker.py",
        "            if isinstance(tag, Call):\n                tag.fail(ActorDied(self.path, exit))\n            elif",
        "            if isinstance(tag, Call):\n                pass\n            elif",
        ("test_calls.py::test_crash_while_handling_fails_the_caller_and_all_queued_callers_at_once",),
    ),
    Mutant(
        "call cycles allowed",
        "calls.py",
        "        if at is caller:\n            raise CallCycle(tuple(path))",
        "        if at is caller:\n            return",
        ("test_calls.py::test_calls_to_self_and_in_a_cycle_raise_at_once_and_name_the_path",),
    ),
    Mutant(
        "a caller seems to wait until its next step",
        "calls.py",
        "            self.caller.waits_on = None  # from now on",
        "            pass  # from now on",
        ("test_calls.py::test_callee_may_call_back_once_it_has_answered",),
    ),
    Mutant(
        "reply after the timeout is taken",
        "worker.py",
        "            if not deferred and not call.reply(result):\n                self._late(call, result)",
        "            if not deferred:\n                call.reply(result)",
        ("test_calls.py::test_late_reply_goes_to_dead_letters_and_to_no_later_call",),
    ),
    Mutant(
        "demonitor ignored",
        "monitors.py",
        "    target = watcher.watching.pop(monitor, None)\n",
        "    target = watcher.watching.get(monitor)\n    return\n",
        (
            "test_monitors.py::test_monitor_fires_once_with_the_exit_on_the_dead_at_once_and_never_after_demonitor",
        ),
    ),
    Mutant(
        "name is never freed",
        "incarnation.py",
        "        if slot.spec is not None and slot.spec.name is not None:\n"
        "            system.registry.release(slot.spec.name, slot)\n",
        "",
        ("test_monitors.py::test_name_is_free_before_anyone_learns_of_the_exit_or_the_failed_start",),
    ),
    Mutant(
        "timers outlive their incarnation",
        "worker.py",
        "        for timer in (self.timers or {}).values():\n            timer.cancel()\n",
        "",
        ("test_timers.py",),
    ),
    Mutant(
        "queued timer message of a cancelled timer is handled",
        "context.py",
        "        if timers is None or self.id not in timers:\n            return False\n",
        "        if timers is None or self.id not in timers:\n            return True\n",
        ("test_timers.py",),
    ),
    Mutant(
        "run scope without a shield",
        "incarnation.py",
        "self.run_scope = trio.CancelScope(shield=True)",
        "self.run_scope = trio.CancelScope()",
        ("test_shutdown.py::test_outer_cancellation_gives_the_same_order_as_a_requested_stop",),
    ),
    Mutant(
        "clean-up without a deadline",
        "worker.py",
        "self._deadline = trio.current_time() + limit",
        "self._deadline = math.inf",
        ("test_shutdown.py::test_clean_up_after_a_crash_has_the_childs_shutdown_time_and_no_more",),
    ),
    Mutant(
        "shield outlives the kill",
        "incarnation.py",
        "        for scope in tuple(self.shields or ()):\n            scope.cancel()\n",
        "",
        ("test_shutdown.py::test_shield_that_held_already_is_cut_by_the_kill_as_well",),
    ),
    Mutant(
        "raising listener stays attached",
        "telemetry.py",
        "                self.detach(handler)\n",
        "                pass\n",
        ("test_telemetry.py",),
    ),
    Mutant(
        "leased members evicted",
        "passivation.py",
        "return self.status is Status.IDLE and self.leases == 0",
        "return self.status is Status.IDLE",
        ("test_passivation.py::test_leases_pin_until_the_last_is_released_and_idleness_counts_from_then",),
    ),
    Mutant(
        "idle exactly TTL is sent away",
        "passivation.py",
        "now - pool.members[key].touched > pool.ttl",
        "now - pool.members[key].touched >= pool.ttl",
        ("test_passivation.py::test_idle_exactly_ttl_is_kept_and_longer_is_due_at_the_next_check",),
    ),
    Mutant(
        "touch does not move to the back",
        "passivation.py",
        "return pool if member is None else _with(pool, key, evolve(member, touched=now), at_back=True)",
        "return pool if member is None else _with(pool, key, evolve(member, touched=now))",
        ("test_passivation.py::test_over_the_cap_the_least_recently_touched_idle_one_goes",),
    ),
    Mutant(
        "held messages handed over twice",
        "passivation.py",
        "return (pool, ()) if member is None else (remove(pool, key), member.held)",
        "return (pool, ()) if member is None else (pool, member.held)",
        (
            "test_passivation.py::test_message_during_passivation_is_kept_and_handed_to_the_next_incarnation_once",
        ),
    ),
    Mutant(
        "restarting child loses its place",
        "requests.py",
        "if draft.max_children is not None and len(draft.kids) >= draft.max_children:",
        "if draft.max_children is not None and draft.live >= draft.max_children:",
        (
            "test_administration.py::test_max_children_refuses_the_next_and_a_restarting_child_keeps_its_place",
        ),
    ),
    Mutant(
        "ordinary events push out crashes",
        "journal.py",
        "(self._notable if is_notable else self._plain).append(entry)",
        "self._notable.append(entry)",
        ("test_journal.py::test_ordinary_events_never_push_out_notable_ones",),
    ),
    Mutant(
        "what it was doing is asked after its clean-up",
        "incarnation.py",
        "        self._farewell(how, ignored, doing)",
        "        self._farewell(how, ignored, self._doing())",
        ("test_journal.py",),
    ),
    Mutant(
        "group restarts are told as stops",
        "verdicts.py",
        'return "restarted_with_group" if kid.id in before.starts else "stopped_as_asked"',
        'return "stopped_as_asked"',
        ("test_verdicts.py",),
    ),
    Mutant(
        "restarts that count no more go unnoticed",
        "sampling.py",
        "return (*basic, live.state.window.count(now), live.state.window.times[-1:])",
        "return (*basic, live.state.window.times[-1:])",
        ("test_sampling.py",),
    ),
)

MUTANTS: Final = (*NAMED, *OURS)
