"""The rules benchmark on small trees: they are total, all agree, and a wrong peer is found out."""

import json
from typing import get_args

import pytest

from benchmarks.rules.__main__ import main
from benchmarks.rules.agreement import LEAST, compare
from benchmarks.rules.city import make_city
from benchmarks.rules.conditions import How, flat_list
from benchmarks.rules.contenders.closures import Closures
from benchmarks.rules.contenders.wangge import Wangge
from benchmarks.rules.events import make_events
from benchmarks.rules.measure import COLD, NEW, WARM, Measured
from benchmarks.rules.peers import PEERS
from benchmarks.rules.report import decisions, wanted
from benchmarks.rules.targets import targets
from benchmarks.rules.trees import leaves, make_tree

SMALL = 400


@pytest.fixture(scope="module")
def city():
    return make_city()


@pytest.fixture(scope="module")
def tree(city):
    return make_tree(city, SMALL)


@pytest.fixture(scope="module")
def events(city, tree):
    return make_events(city, tree, 2_000)


@pytest.fixture(scope="module")
def ours(city, tree):
    return Wangge(tree, city)


@pytest.fixture(scope="module")
def winners(ours, events):
    return [ours.decide(event).route for event in events]


def test_the_city_has_eleven_districts_and_a_hundred_streets(city):
    assert len(city.streets) == 11
    assert len({street for of_one in city.streets.values() for street in of_one}) == 100
    assert len(set(city.codes)) == 61


@pytest.mark.parametrize("size", [10, 11, 100, SMALL, 1_000])
def test_a_tree_has_as_many_routes_as_were_asked_for_and_takes_every_event(city, size):
    tree = make_tree(city, size)
    routes = [node for node, _ in leaves(tree)]
    assert len(routes) == len({node.route for node in routes}) == size
    assert Wangge(tree, city).router.routes[-1].matchers == ()
    assert tree[-1].match.is_empty and not tree[-1].continue_


def test_a_tree_and_its_events_are_the_same_every_time(city, tree, events):
    assert make_tree(city, SMALL) == tree
    assert make_events(city, tree, 2_000) == events


def test_the_flat_list_is_in_the_routers_own_order(city, tree, ours):
    names = [route.name for route in ours.router.routes if not route.goes_on]
    assert [route.name for route in flat_list(tree, city)] == names


def test_no_event_comes_twice(events):
    assert len(set(events)) == len(events) == 2_000


def test_nearly_every_route_wins_some_event(winners):
    assert len(set(winners)) > 0.9 * SMALL


def test_events_of_another_tree_have_a_winner_too(city, tree, ours):
    control = Closures(flat_list(tree, city))
    for event in make_events(city, make_tree(city, 30), 300):
        assert control.decide(event) == ours.decide(event).route


def test_the_tree_asks_in_every_way_that_a_peer_is_written_for(city, tree):
    asked = {asks.how for route in flat_list(tree, city) for asks in route.asks}
    assert asked == set(get_args(How))


def test_the_control_finds_our_winners(city, tree, events, winners):
    agreement, given = compare(Closures(flat_list(tree, city)), events, winners, 60.0)
    assert (agreement.differ, agreement.asked, len(given)) == (0, 2_000, 2_000)


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_finds_our_winners(city, tree, events, winners, peer):
    try:
        ways = PEERS[peer]()
    except ModuleNotFoundError as absent:
        pytest.skip(f"{absent.name} is of the bench group")
    for way in ways:
        agreement, _ = compare(way(flat_list(tree, city)), events, winners, 0.5)
        assert agreement.asked >= LEAST
        assert agreement.differ == 0


class _NeverFirst(Closures):
    """A peer that overlooks the route that should win."""

    name = "never the first"

    def decide(self, given):
        return [name for takes, name in self._routes if takes(given)][1]


def test_a_peer_with_another_winner_is_found_out(city, tree, events, winners):
    located = [(e, w) for e, w in zip(events, winners, strict=True) if w != "street-default"]
    some, right = zip(*located[:300], strict=True)
    agreement, _ = compare(_NeverFirst(flat_list(tree, city)), some, right, 60.0)
    assert agreement.differ == agreement.asked == 300


def _measured(routes, ours, peer):
    micros = {WARM: [ours], NEW: [2 * ours], COLD: [3 * ours], Closures.name: [1.0], "peer": [peer]}
    return Measured(routes, micros=micros)


def test_a_target_is_missed_above_twice_and_below_ten_times():
    held = targets([_measured(10, 1.0, 10.0), _measured(10_000, 2.0, 25.0)])
    assert [one.held for one in held] == [True, True, True]
    missed = targets([_measured(10, 1.0, 9.9), _measured(10_000, 2.1, 20.0)])
    assert [one.held for one in missed] == [False, False, False]
    assert [line.split()[0] for line in wanted(missed).splitlines()] == ["MISSED"] * 3


def test_no_target_is_set_beside_a_peer_that_is_only_shown():
    shown = _measured(10, 1.0, 2.0)
    shown.shown.append("peer")
    assert targets([shown]) == []


def test_decisions_a_second_stand_beside_those_of_the_control():
    lines = decisions([_measured(10, 4.0, 20.0)]).splitlines()
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [WARM, "250,000", "0.25"]
    assert [cell.strip() for cell in lines[-1].split("|")[1:-1]] == ["peer", "50,000", "0.050"]


@pytest.mark.slow
def test_the_whole_command_prints_its_figures(capfd):
    assert main(["--sizes", "10", "--quick", "--peers", "", "--json"]) == 0
    (size,) = json.loads(capfd.readouterr().out)["sizes"]
    assert size["given"][COLD] == 20_000
    assert size["won"] == 10
