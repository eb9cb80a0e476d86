"""What is said of a database that only the other colour has connected?"""

from __future__ import annotations

import pytest

from covet import aio, sync
from covet.errors import ConfigurationError


async def test_the_other_colour_is_named() -> None:
    async with aio.connect("sqlite:///:memory:", alias="async only"):
        with pytest.raises(ConfigurationError) as caught:
            sync.database("async only")
    assert str(caught.value) == (
        "The database 'async only' is not connected. covet.aio has connected it; what is of "
        "covet.sync needs covet.sync.connect() too."
    )
    with (
        sync.connect("sqlite:///:memory:", alias="sync only"),
        pytest.raises(ConfigurationError) as caught,
    ):
        aio.database("sync only")
    assert str(caught.value) == (
        "The database 'sync only' is not connected. covet.sync has connected it; what is of "
        "covet.aio needs covet.aio.connect() too."
    )


@pytest.mark.parametrize("alias", ["nowhere", ["default"]], ids=repr)
def test_nobody_has_it(alias: object) -> None:
    with pytest.raises(ConfigurationError, match=r"is not connected\. C"):
        sync.database(alias)  # type: ignore[arg-type]
