"""A small copy of the great trial of benchmarks/exactly_once.py: chaos at the relay, workers killed at random."""

import pytest

from benchmarks.exactly_once import run


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_everybody_is_written_to_once_whatever_breaks(engine: str, request: pytest.FixtureRequest):
    database = request.getfixturevalue("postgres_url") if engine == "postgresql" else ""
    verdict = run(readers=300, workers=2 if database else 1, kills=3, database=database, pause=0.03, limit=200)
    assert verdict.problems == []
    assert verdict.kills == 3
    assert sum(verdict.states.values()) == 300
