"""Faults and kills happen as they are told, what they break is seen, and a release is none the worse for them."""

import http.client
import queue
import signal
import ssl
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from rehearsal.base.http_body import read_request_body
from rehearsal.base.listener import Listener, Server
from rehearsal.faults.competing_content import other_commit
from rehearsal.faults.injector import Fault, Injector, Kill, Kind, Moment
from rehearsal.faults.leaks import forms, in_files
from rehearsal.faults.oracle import Completeness, Look, Oracle
from rehearsal.faults.project import CHART, NAME, TAG, VERSION
from rehearsal.faults.races import INDEX, OCI, race
from rehearsal.faults.registry_login import Door
from rehearsal.faults.release import LAST
from rehearsal.faults.tag_move import Move
from rehearsal.faults.tag_move import play as play_move
from rehearsal.faults.trial import Tally, draw, play
from rehearsal.faults.world import World
from rehearsal.github.state import Release
from rehearsal.net.ca import CertificateAuthority
from rehearsal.net.proxy import Proxy

HOST = "part.example"
TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
ALL = (True, True, True, True)
# Steps of the release, by their number.
JOIN, CHART_PUSH, PUBLISH = 4, 5, 6


class Part(BaseHTTPRequestHandler):
    """Counts what it has carried out."""

    protocol_version = "HTTP/1.1"
    done = 0

    def do_PUT(self) -> None:
        list(read_request_body(self.rfile, self.headers))
        type(self).done += 1
        self.send_response_only(201)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"0123456789")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    part = Listener(Server(("127.0.0.1", 0), Part), "part")
    part.start()
    started = Proxy(CertificateAuthority(tmp_path_factory.mktemp("ca")), {HOST: part.address}.get).start()
    yield started
    started.stop()
    part.stop()


def put(proxy: Proxy) -> tuple[int, bytes, str]:
    """Status, body and Retry-After of an answer; status 0 when the connection breaks before or within it."""
    context = ssl.create_default_context(cafile=str(proxy.authority.bundle))
    name, _, port = proxy.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPSConnection(name, int(port), context=context, timeout=20)
    connection.set_tunnel(HOST, 443)
    try:
        connection.request("PUT", "/", b"body")
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Retry-After", "")
    except http.client.IncompleteRead as cut:
        return 0, cut.partial, ""
    except (http.client.RemoteDisconnected, OSError):
        return 0, b"", ""
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [
        (Kind.SLOW_DOWN, 429, 0),
        (Kind.SLOW_DOWN_SILENTLY, 429, 0),
        (Kind.INTERNAL, 500, 0),
        (Kind.BAD_GATEWAY, 502, 0),
        (Kind.UNAVAILABLE, 503, 0),
        (Kind.GATEWAY_TIMEOUT, 504, 0),
        (Kind.RESET, 0, 0),
        (Kind.TRUNCATED, 0, 1),
        (Kind.EXPIRED, 401, 0),
        (Kind.LOST, 0, 1),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Kind) else "",
)
def test_a_fault_hits_the_call_of_its_number_alone(proxy: Proxy, kind: Kind, status: int, done: int) -> None:
    injector = Injector((Fault(1, kind),), None, Door(), lambda _: None)
    proxy.hook, before = injector, Part.done
    first, second, third = put(proxy), put(proxy), put(proxy)
    assert first[0] == third[0] == 201
    assert second[0] == status
    assert second[1] == b"01234" if kind is Kind.TRUNCATED else second[1] != b"0123456789"
    assert second[2] == ("1" if kind is Kind.SLOW_DOWN else "")
    assert Part.done - before == 2 + done
    assert [call.method for _, call in injector.fired] == ["PUT"]


def test_a_lasting_fault_goes_on(proxy: Proxy) -> None:
    injector = Injector((Fault(1, Kind.INTERNAL, lasting=True),), None, Door(), lambda _: None)
    proxy.hook = injector
    assert [put(proxy)[0] for _ in range(4)] == [201, 500, 500, 500]
    assert (len(injector.fired), injector.hit[Kind.INTERNAL]) == (1, 3)


@pytest.mark.parametrize(
    ("moment", "status", "done"), [(Moment.BEFORE, 0, 0), (Moment.EFFECT, 0, 1), (Moment.REPLY, 201, 1)]
)
def test_a_kill_happens_at_its_moment(proxy: Proxy, moment: Moment, status: int, done: int) -> None:
    killed: queue.Queue[tuple[signal.Signals, int]] = queue.Queue()
    before = Part.done
    kill = Kill(0, signal.SIGTERM, moment)
    proxy.hook = Injector((), kill, Door(), lambda number: killed.put((number, Part.done - before)))
    assert put(proxy)[0] == status
    assert killed.get(timeout=20) == (signal.SIGTERM, done)


@pytest.mark.parametrize(
    ("visible", "succeeded", "completeness"),
    [
        ((False, False, False, False), False, Completeness.NOTHING),
        ((True, True, False, False), False, Completeness.PARTIAL),
        (ALL, False, Completeness.COMPLETE),
        (ALL, True, Completeness.COMPLETE),
        ((True, True, True, False), True, Completeness.HALF),
        ((False, False, False, False), True, Completeness.HALF),
        ((True, False, False, True), False, Completeness.HALF),
    ],
    ids=["nothing", "resumable", "too-late", "success", "false-success", "empty-success", "out-of-order"],
)
def test_how_complete_it_looks(
    visible: tuple[bool, bool, bool, bool], *, succeeded: bool, completeness: Completeness
) -> None:
    assert Look(*visible, wrong=()).completeness(succeeded=succeeded) is completeness


def test_whatever_is_wrong_is_half_published() -> None:
    assert Look(*ALL, wrong=("two drafts",)).completeness(succeeded=False) is Completeness.HALF


@pytest.mark.parametrize(
    "written",
    [
        TOKEN.encode(),
        TOKEN[::-1].encode(),
        TOKEN.encode().hex().encode(),
        *(b64encode(before + TOKEN.encode() + b"..") for before in (b"", b"1", b"22", b"333", b"me:")),
    ],
    ids=["plain", "reversed", "hex", "base64", "base64-1", "base64-2", "base64-3", "base64-login"],
)
def test_a_token_is_found_in_any_form(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "log").write_bytes(b"a line\nauth: " + written + b"\n")
    (tmp_path / "masked").write_bytes(b"::add-mask::" + written + b"\nnothing\n")
    assert in_files(tmp_path, forms(TOKEN, "me")) == ["log"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("faults") / "world") as started:
        yield started


def test_releases_converge_and_the_oracle_would_tell(world: World) -> None:
    oracle = Oracle(world)
    assert oracle.look().completeness(succeeded=True) is Completeness.COMPLETE
    tally = Tally()
    for number in range(6):
        tally.add(play(draw(20261123, number, world.calls, killing=number % 2 == 1), world, oracle))
    assert tally.problems == []
    assert tally.completed == tally.trials == 6
    assert tally.kills.total() == 3
    assert tally.sentences > tally.wrong_sentences == 0
    assert tally.faults.total() >= 3

    # A release that stops without saying so, as one would that gave its errors no heed.
    for stage in (5, 6):
        world.begin(stage)
        assert oracle.look().completeness(succeeded=True) is Completeness.HALF
    _require_told(world, oracle)

    commits = [other_commit(world, number) for number in range(4)]
    for what in (INDEX, OCI):
        ended = race(world, commits, 1, what)
        assert (ended.one_winner, ended.told) == (1, "3 of 3")


def test_a_tag_that_moves_never_makes_a_mixed_release(world: World) -> None:
    world.begin(LAST + 1)
    oracle, rival = Oracle(world), other_commit(world, 99)
    calls = world.calls
    before = [Move(JOIN, 0), Move(PUBLISH, 0)]
    between = [Move(step, calls[step] // 2) for step in (CHART_PUSH, PUBLISH)]
    moves = [*before, *between, Move(CHART_PUSH, calls[CHART_PUSH] - 1)]
    assert [problem for move in moves for problem in play_move(move, world, oracle, rival)] == []


def _require_told(world: World, oracle: Oracle) -> None:
    """Each of these is a release that isn't right although its last step has succeeded."""
    charts = world.storage / "docker/registry/v2/repositories" / CHART.partition("/")[2]

    def forget_chart(_: Release) -> None:
        (charts / "_manifests" / "tags" / VERSION / "current" / "link").unlink()

    def draft_again(release: Release) -> None:
        release.draft = True

    def spoil_asset(release: Release) -> None:
        next(asset for asset in release.assets.values() if asset.name.endswith(".tgz")).content = b""

    for spoil in (forget_chart, draft_again, spoil_asset):
        world.begin(8)
        assert oracle.look().is_complete
        (published,) = (one for one in world.github.repository(NAME).releases.values() if one.tag == TAG)
        spoil(published)
        assert oracle.look().completeness(succeeded=True) is Completeness.HALF
