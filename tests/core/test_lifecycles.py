"""The life cycles of requests and communications, against the tables they were written from."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from openccm.channels.port import Accepted
from openccm.communications.dossier import Dossier
from openccm.communications.lifecycles import (
    COMMUNICATION,
    COMMUNICATION_OUTCOMES,
    RANK,
    REQUEST,
    REQUEST_OUTCOMES,
    UNDELIVERED,
)
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.errors import IllegalTransitionError
from openccm.platform.columns import new_id
from openccm.platform.lifecycle import LifeCycle, ways
from tests.core.making import NOW

D1 = {
    "accepted": {"gathering", "held", "cancelled", "duplicate"},
    "awaiting_resolution": {"accepted", "cancelled"},
    "scheduled": {"accepted", "cancelled"},
    "held": {"accepted", "cancelled"},
    "gathering": {"prepared", "opted_out", "not_sent", "error"},
    "prepared": {"completed"},
    "completed": set[str](),
    "opted_out": set[str](),
    "suppressed": set[str](),
    "not_sent": set[str](),
    "duplicate": set[str](),
    "rejected": set[str](),
    "cancelled": set[str](),
    "error": {"gathering", "cancelled"},
}
"""The requirements' table of requests, as it stands there."""

BEYOND_D1 = {
    ("scheduled", "held"),
    ("held", "scheduled"),
    ("gathering", "cancelled"),
    # The table names these two endings and forgets the ways to them.
    ("gathering", "suppressed"),
    ("accepted", "rejected"),
}

D2 = {
    "pending": {"composed", "error"},
    "composed": {"in_editing", "rendered", "error"},
    "in_editing": {"in_approval"},
    "in_approval": {"in_editing", "rendered"},
    "rendered": {"scheduled", "queued", "published"},
    "scheduled": {"queued"},
    "queued": {"sending", "scheduled"},
    "sending": {"sent", "retry_wait", "handed_over", "extracted", "error"}
    | {"bounced", "undelivered", "failed", "expired"},
    "retry_wait": {"queued"},
    "handed_over": {"sent"},
    "sent": {"delivered", "bounced", "undelivered", "failed", "expired"},
    "published": {"read", "expired"},
    "extracted": {"printed"},
    "printed": {"dispatched"},
    "dispatched": {"returned"},
    "delivered": {"read"},
    "error": {"pending", "queued", "failed"},
}
"""The arrows of the requirements' picture of communications; states not named here end there."""

ENDS = COMMUNICATION.states - D2.keys()
GONE = {"sending", "sent", "handed_over", "printed", "dispatched", "delivered"}
"""What has left, or may have: nobody can call it back any more."""
BEFORE = D2.keys() - GONE - {"error", "published", "extracted"}


@pytest.mark.parametrize("state", D1)
def test_a_request_goes_where_the_table_says(state: str) -> None:
    beyond = {target for origin, target in BEYOND_D1 if origin == state}

    assert REQUEST.ways[state] == D1[state] | beyond


def test_requests_know_the_states_of_the_table_and_no_other() -> None:
    assert REQUEST.states == set(D1)
    assert REQUEST.terminal == {state for state, targets in D1.items() if not targets}


@pytest.mark.parametrize("state", D2)
def test_a_communication_can_go_every_way_of_the_picture(state: str) -> None:
    assert D2[state] <= COMMUNICATION.ways[state]


def test_communications_know_the_states_of_the_picture_and_no_other() -> None:
    ends = "read bounced undelivered failed expired returned suppressed cancelled"

    assert COMMUNICATION.states == set(D2) | set(ends.split())
    assert COMMUNICATION.terminal == set(ends.split())


@pytest.mark.parametrize("state", sorted(COMMUNICATION.states - ENDS - GONE))
def test_whatever_has_not_left_can_be_cancelled(state: str) -> None:
    assert COMMUNICATION.allows(state, "cancelled")


@pytest.mark.parametrize("state", sorted(GONE))
def test_what_has_left_cannot_be_called_back(state: str) -> None:
    assert not COMMUNICATION.allows(state, "cancelled")
    assert not COMMUNICATION.allows(state, "suppressed")


@pytest.mark.parametrize("state", sorted(BEFORE))
def test_whatever_waits_to_leave_can_be_suppressed(state: str) -> None:
    assert COMMUNICATION.allows(state, "suppressed")


@pytest.mark.parametrize("state", sorted(RANK.keys() - ENDS))
def test_what_has_left_never_goes_back_to_before(state: str) -> None:
    assert not COMMUNICATION.ways[state] & (BEFORE | {"sending", "error"})


@pytest.mark.parametrize("state", sorted(RANK))
def test_no_way_leads_to_what_proves_less(state: str) -> None:
    reported = COMMUNICATION.ways[state] & RANK.keys()

    assert all(RANK[target] >= RANK[state] for target in reported)


@pytest.mark.parametrize("status", get_args(Accepted.model_fields["status"].annotation))
def test_what_a_channel_may_answer_is_a_way_from_sending(status: str) -> None:
    assert COMMUNICATION.allows("sending", status)


def test_a_fallback_follows_ends_only() -> None:
    assert COMMUNICATION.terminal >= UNDELIVERED


def test_every_end_is_told_to_core_systems() -> None:
    assert REQUEST.terminal < REQUEST_OUTCOMES <= REQUEST.states
    assert COMMUNICATION.terminal < COMMUNICATION_OUTCOMES <= COMMUNICATION.states


@pytest.mark.parametrize("cycle", [REQUEST, COMMUNICATION], ids=lambda cycle: cycle.kind)
def test_every_state_can_be_reached_and_left_for_an_end(cycle: LifeCycle) -> None:
    for state in cycle.states:
        assert _reachable(cycle, {state}) & cycle.terminal
    unreached = cycle.states - _reachable(cycle, set(cycle.initial))

    assert not unreached


def _reachable(cycle: LifeCycle, origin: set[str]) -> set[str]:
    reached: set[str] = set()
    while origin - reached:
        reached |= origin
        origin = {target for state in reached for target in cycle.ways[state]}
    return reached


@pytest.mark.parametrize("state", sorted(REQUEST.states))
@pytest.mark.parametrize("target", sorted(REQUEST.states))
def test_an_illegal_move_of_a_request_names_its_state(state: str, target: str) -> None:
    if target in D1[state] or (state, target) in BEYOND_D1:
        REQUEST.check(state, target)
        return
    with pytest.raises(IllegalTransitionError) as refused:
        REQUEST.check(state, target)

    assert (refused.value.kind, refused.value.state) == ("request", state)
    assert str(refused.value) == f"A request that is {state} cannot become {target}."


@pytest.mark.parametrize("state", sorted(ENDS))
def test_nothing_leads_out_of_an_end(state: str) -> None:
    for target in COMMUNICATION.states:
        with pytest.raises(IllegalTransitionError, match=state):
            COMMUNICATION.check(state, target)


def test_a_target_without_a_line_of_its_own_is_no_life_cycle() -> None:
    with pytest.raises(ValueError, match="gone"):
        ways("here: there gone\nthere:")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(sorted(COMMUNICATION.states)), max_size=60))
def test_no_walk_leaves_the_declared_ways(targets: list[str]) -> None:
    dossier, communication = _open_dossier()
    for target in targets:
        before, final = communication.state, communication.final
        allowed = target in COMMUNICATION.ways[before]
        if allowed:
            dossier.move(communication, target)
        else:
            with pytest.raises(IllegalTransitionError):
                dossier.move(communication, target)

        assert communication.state == (target if allowed else before)
        assert communication.final or not final
        assert communication.final == (communication.state in COMMUNICATION.terminal)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(REQUEST.initial)),
    st.lists(st.sampled_from(sorted(REQUEST.states)), max_size=60),
)
def test_no_walk_of_a_request_leaves_the_declared_ways(start: str, targets: list[str]) -> None:
    dossier, _ = _open_dossier(start)
    for target in targets:
        before = dossier.request.state
        if target in D1[before] or (before, target) in BEYOND_D1:
            dossier.move_request(target)
            assert dossier.request.state == target
        else:
            with pytest.raises(IllegalTransitionError, match=before):
                dossier.move_request(target)
            assert dossier.request.state == before


def _open_dossier(state: str = "accepted") -> tuple[Dossier, Communication]:
    request = CommunicationRequest(
        id=new_id(),
        system_code="BILLING",
        idempotency_key="K-1",
        body_hash="-",
        definition="BILL-READY",
        version=1,
        state=state,
        received_at=NOW,
        updated_at=NOW,
    )
    communication = Communication(
        id=new_id(),
        request_id=request.id,
        person_id=new_id(),
        definition="BILL-READY",
        version=1,
        channel="email",
        contact_point_id=new_id(),
        language="en",
        created_at=NOW,
        updated_at=NOW,
    )
    rows = {communication.id: communication}
    return Dossier(AsyncSession(), request, rows, actor="engine", now=NOW), communication
