"""The ids that `make run` serves are those that a deploy with the same destinations may."""

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.names import MAX_APPLICATIONS, MAX_LAKE_ID_CHARACTERS, room
from local.served_ids import can_be_deployed, complaint


def _ids(count: int, length: int) -> str:
    return ",".join(f"{n:a>{length}}" for n in range(10, count + 10))


def _is_deployed(destination: str, ids: str) -> bool:
    given = {"destination": destination, "applicationIds": ids, "auth": "iam"}
    if destination.startswith("pinpoint"):
        given["pinpointEndpointUrl"] = "https://events.example.com"
    try:
        DeploySettings.from_context(given)
    except DeploySettingsError as error:
        if "applicationIds" not in str(error):
            raise
        return False
    return True


@pytest.mark.parametrize("destination", ["lake", "lake,stream", "pinpoint", "pinpoint,stream"])
def test_a_list_may_be_as_long_as_a_deploy_takes_it(destination: str) -> None:
    names = destination.split(",")
    lengths = (MAX_LAKE_ID_CHARACTERS, MAX_LAKE_ID_CHARACTERS + 1, room(len(names)), 2501)
    lists = [
        *("a" * length for length in lengths),
        *(_ids(MAX_APPLICATIONS, length) for length in (2, 28, 29, 32, 33)),
        _ids(MAX_APPLICATIONS + 1, 2),
        ",".join(["twice"] * (MAX_APPLICATIONS + 1)),
    ]

    taken = [_is_deployed(destination, ids) for ids in lists]

    assert [complaint(ids, names) == "" for ids in lists] == taken
    assert {*taken} == {True, False}
    if destination.startswith("lake"):  # for which `local` stands
        laptop = ["local", *names[1:]]
        assert [complaint(ids, laptop) == "" for ids in lists] == taken


def test_any_id_is_one_that_a_deploy_takes() -> None:
    for length in (40, 41, 2500, 2501):
        for home in ("lake", "pinpoint"):
            id_ = "a" * length
            assert can_be_deployed(id_, [home]) == _is_deployed(home, id_)


def test_the_sentence_says_how_long_it_may_be() -> None:
    assert complaint("a" * 41, ["local"]).endswith("which has 41 characters: 40 at most.")
    assert complaint(_ids(76, 2), ["local"]) == (
        "APPLICATION_IDS: no deploy can serve 76 ids of 227 characters: 75 at most, of 2500"
        " characters together."
    )
