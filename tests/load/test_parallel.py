"""Two servers for a minute; `make soak PART=parallel` lets them work longer."""

import pytest

from . import parallel


@pytest.mark.long
def test_two_servers_and_many_people_do_nothing_twice_and_keep_the_pace():
    day, _pace, turns = parallel.run(orders=16, seconds=20, slow_orders=1, slowness=4.0)
    assert day.problems == []
    assert day.orders == 32
    assert len(turns) == 1
    assert day.done["confirm"]
