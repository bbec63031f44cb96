"""Registries that are slow: a call ends at its deadline, whatever the server sends until then."""

import pytest

from release_actions.core.errors import Code
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
from release_actions.system.http import Transport
from release_actions.system.retry import RetryPolicy
from tests.boundary.oci.lying_registry.liar import EMPTY, INDEX, LOGIN, Liar, Reply, document, refused


def client(policy: RetryPolicy) -> Registry:
    return Registry(lambda _registry: LOGIN, transport=Transport(policy=policy))


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(200, {"Content-Type": INDEX}, b" " * 200, drip=0.05), id="a body that drips"),
        pytest.param(Reply(404, {"Content-Type": "text/plain"}, b" " * 200, drip=0.05), id="a refusal that drips"),
        pytest.param(Reply(200, {"Content-Type": INDEX}, b" ", drip=5.0), id="a body that does not come"),
        pytest.param(Reply(404, drip=5.0), id="a status that does not come"),
        pytest.param(Reply(404, slow_headers=0.05), id="headers that drip"),
    ],
)
def test_a_call_ends_at_its_deadline(liar: Liar, reply: Reply) -> None:
    liar.answer = lambda _seen, _count: reply
    with client(RetryPolicy(first_wait=0.0, longest_total=0.4)) as asking:
        error = refused(asking, Reference(liar.host, "op", "v1"))
    assert error.code is Code.E_REGISTRY_UNAVAILABLE
    assert "does not answer in time" in error.what
    assert len(liar.seen) == 1


def test_the_deadline_is_that_of_all_attempts_together(liar: Liar) -> None:
    liar.answer = lambda _seen, _count: Reply(503, body=b"no", drip=0.2)
    with client(RetryPolicy(first_wait=0.0, longest_total=1.0)) as asking:
        error = refused(asking, Reference(liar.host, "op", "v1"))
    assert "does not answer in time, 2 times in a row" in error.what
    assert len(liar.seen) == 2


def test_a_slow_body_that_ends_in_time_is_an_answer(liar: Liar) -> None:
    slow = document(EMPTY, INDEX)
    slow.drip = 0.001
    liar.answer = lambda _seen, _count: slow
    with client(RetryPolicy()) as asking:
        assert asking.resolve(Reference(liar.host, "op", "v1")) is not None
    assert len(liar.seen) == 1


def test_nothing_of_a_redirects_body_is_waited_for(liar: Liar) -> None:
    endless = Reply(307, {"Location": "/v2/elsewhere"}, b" " * 200, drip=0.05)
    there = document(EMPTY, INDEX)
    liar.answer = lambda seen, _count: there if seen.path == "/v2/elsewhere" else endless
    with client(RetryPolicy(first_wait=0.0, longest_total=2.0)) as asking:
        assert asking.resolve(Reference(liar.host, "op", "v1")) is not None
    assert len(liar.seen) == 2
