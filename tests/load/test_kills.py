"""Odoo is killed twice; `make soak PART=kills` does it more than fifty times."""

import pytest

from . import kills


@pytest.mark.long
def test_killed_server_leaves_nothing_by_half_and_does_nothing_twice():
    figures, problems = kills.run(2, waits_for_leases=False)
    assert problems == []
    assert figures["kills"] == 2
    assert figures["orders"]
    assert figures["prices applied"]
