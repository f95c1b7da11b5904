import asyncio

import pytest
from runtime import correlation


def test_an_id_holds_for_its_block() -> None:
    with correlation.bind("req-00000001"):
        with correlation.bind("req-00000002"):
            assert correlation.current() == "req-00000002"
        assert correlation.current() == "req-00000001"
    assert correlation.current() is None


def test_no_id_means_a_new_one() -> None:
    with correlation.bind(None) as made:
        assert correlation.current() == made
        assert made != correlation.new_id()


def test_tasks_keep_their_own() -> None:
    async def work(name: str) -> str | None:
        with correlation.bind(name):
            await asyncio.sleep(0)
            return correlation.current()

    async def both() -> tuple[str | None, str | None]:
        one, other = await asyncio.gather(work("req-00000001"), work("req-00000002"))
        return one, other

    assert asyncio.run(both()) == ("req-00000001", "req-00000002")


@pytest.mark.parametrize("offered", [None, "", "short", "x" * 65, "evil\nline-0000", "a b c d e f"])
def test_what_could_harm_a_log_is_replaced(offered: str | None) -> None:
    assert correlation.accept(offered) != offered


def test_a_harmless_id_of_the_client_is_kept() -> None:
    assert correlation.accept("4f0c2d1e-9b7a:4c61") == "4f0c2d1e-9b7a:4c61"
