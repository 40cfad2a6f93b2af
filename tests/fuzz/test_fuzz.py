"""The promises hold for kept cases and for a few thousand fresh ones, without a guide.

`make fuzz` runs the same targets by the million, guided by the code that they reach.
"""

import os
from random import Random

import pytest

from tests.fuzz.fuzz_lab import HEAD, Lab
from tests.fuzz.run_fuzzer import SHARES, main
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

# Fresh cases of each target: about two seconds.
_FRESH = {
    "json": 6000, "values": 5000, "split": 2000, "parse": 1500, "ingest": 1000, "put-events": 800,
    "endpoints": 800, "queue": 500, "enriched-events": 600,
}  # fmt: skip


@pytest.fixture(name="lab")
def _lab() -> Lab:
    return Lab()


@pytest.mark.parametrize("target", TARGETS)
def test_the_promises_hold_for_the_kept_cases(lab: Lab, target: str) -> None:
    cases = list(seeds(target))
    assert cases
    for data in cases:
        TARGETS[target](lab, data)


@pytest.mark.parametrize("target", TARGETS)
def test_the_promises_hold_for_fresh_cases(lab: Lab, target: str) -> None:
    seed = int(os.environ.get("SEED") or "20261125")
    chance = Random(f"{seed} {target}")  # noqa: S311 # cases are no secret
    for number in range(_FRESH[target]):
        data = b"\0" + chance.randbytes(HEAD - 1 + chance.randrange(150))
        try:
            TARGETS[target](lab, data)
        except Exception as error:
            error.add_note(f"SEED={seed}, case {number} of {target}: {data!r}")
            raise


@pytest.mark.parametrize("option", ["--runs", "--seconds"])
@pytest.mark.parametrize("number", ["-1", "0", "0.5", "nan", "abc", ""])
def test_so_few_that_nothing_would_run_is_no_clean_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, number: str
) -> None:
    monkeypatch.setattr("sys.argv", ["make fuzz", f"{option}={number}"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert f"'{number}' is no whole number of at least 1" in capsys.readouterr().err


def test_every_target_has_a_share_of_the_time() -> None:
    assert SHARES.keys() == TARGETS.keys() == _FRESH.keys()
