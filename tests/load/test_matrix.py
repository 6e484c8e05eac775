"""The fault matrix in a bounded form; `make soak PART=matrix` runs all of it."""

import pytest

from . import cells, matrix


def test_matrix_has_a_row_for_every_call_of_the_suite():
    assert cells.get_calls_of_suite() == {call.name for call in cells.CALLS}


def test_bounded_matrix_has_every_fault_and_every_call():
    chosen = [cell for call in cells.CALLS for cell in cells.choose_cells(call)]
    assert {cell.fault for cell in chosen} == set(cells.FAULTS)
    assert {cell.call for cell in chosen} == set(cells.CALLS)


@pytest.fixture(scope="module")
def results():
    return matrix.run(complete=False)


def test_every_cell_holds(results):
    assert [f"{r['title']}: {r['problems']}" for r in results if r["problems"]] == []
