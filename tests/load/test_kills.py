"""Odoo is killed four times; `make soak PART=kills` does it more than fifty times."""

from . import kills


def test_killed_server_leaves_nothing_by_half_and_does_nothing_twice():
    figures, problems = kills.run(4, waits_for_leases=False, products=60)
    assert problems == []
    assert figures["kills"] == 4
    assert figures["statuses applied"]
    assert figures["prices applied"]
