"""No more than so many of a kind at once, and a killed process holds nobody up."""

import os
import signal
from typing import Any

import pytest

from healthcare.lanes import lane


@pytest.fixture(autouse=True)
def _two_lanes(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    settings.QUEUE_LANES = {"mail": 2, "job": 1}


def test_a_kind_has_so_many_lanes_and_no_more() -> None:
    with lane("mail") as a, lane("mail") as b, lane("mail") as c, lane("job") as d:
        assert [a, b, c, d] == [True, True, False, True]
    with lane("mail") as again:
        assert again


def test_a_lane_is_free_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), lane("job"):
        raise ZeroDivisionError
    with lane("job") as is_free:
        assert is_free


def test_a_killed_process_leaves_its_lane() -> None:
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        with lane("job"):
            os.write(told, b"x")
            signal.pause()
    os.read(ready, 1)
    with lane("job") as is_free:
        assert not is_free
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with lane("job") as is_free:
        assert is_free
