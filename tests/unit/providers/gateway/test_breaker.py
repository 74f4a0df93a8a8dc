"""A model that fails again and again is left alone, and tried once now and then."""

import pytest

from cortex.exceptions import (
    AIModelMissingError,
    AIProviderError,
    AIProviderTimeoutError,
    AIProviderUnavailableError,
)
from cortex.providers.gateway.breaker import Breaker

AWAY = AIProviderUnavailableError("Nobody there.")


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def breaker(hand: Hand) -> Breaker:
    return Breaker("ollama/m", now=hand)


def state(breaker: Breaker) -> str:
    return breaker.state


def fail(breaker: Breaker, error: AIProviderError | AIProviderUnavailableError = AWAY) -> None:
    with pytest.raises(type(error)), breaker.watching():
        raise error


def open_up(breaker: Breaker) -> None:
    for _ in range(3):
        fail(breaker)
    assert state(breaker) == "open"


def test_it_opens_after_repeated_failures_and_says_why(breaker: Breaker) -> None:
    for _ in range(2):
        fail(breaker)
    assert state(breaker) == "closed"
    fail(breaker)
    assert state(breaker) == "open"
    assert not breaker.admits
    with (
        pytest.raises(AIProviderUnavailableError, match=r"^ollama/m .*left alone .* 10 s.* Nobody there\.") as refused,
        breaker.watching(),
    ):
        pytest.fail("it was asked")
    assert refused.value.retry_after == pytest.approx(10)


def test_an_answer_between_failures_forgets_them(breaker: Breaker) -> None:
    fail(breaker)
    fail(breaker)
    breaker.succeeded()
    fail(breaker)
    fail(breaker)
    assert state(breaker) == "closed"


def test_one_call_may_try_after_the_pause(breaker: Breaker, hand: Hand) -> None:
    open_up(breaker)
    hand.seconds += 10
    assert state(breaker) == "half-open"
    with breaker.watching():
        assert not breaker.admits, "a second call got through while the first one tried"
        breaker.succeeded()
    assert state(breaker) == "closed"
    assert breaker.last_error is None


def test_the_pause_grows_to_a_bound(breaker: Breaker, hand: Hand) -> None:
    open_up(breaker)
    pauses = []
    for _ in range(6):
        pauses.append(breaker.seconds_left)
        hand.seconds += breaker.seconds_left
        fail(breaker)
    assert pauses == pytest.approx([10, 20, 40, 80, 120, 120])


def test_a_try_that_was_given_up_leaves_room_for_the_next(breaker: Breaker, hand: Hand) -> None:
    open_up(breaker)
    hand.seconds += 10
    with pytest.raises(KeyboardInterrupt), breaker.watching():
        raise KeyboardInterrupt
    assert state(breaker) == "half-open"
    assert breaker.admits


def test_a_timeout_counts_double(breaker: Breaker) -> None:
    fail(breaker, AIProviderTimeoutError())
    fail(breaker)
    assert state(breaker) == "open"


@pytest.mark.parametrize(
    "error",
    [AIModelMissingError("No such model."), AIProviderError("It cannot chat.", details={"status": 400})],
)
def test_what_was_asked_wrongly_says_nothing_about_the_model(breaker: Breaker, error: AIProviderError) -> None:
    for _ in range(10):
        fail(breaker, error)
    assert state(breaker) == "closed"


def test_a_server_that_fails_inside_does(breaker: Breaker) -> None:
    for _ in range(3):
        fail(breaker, AIProviderError("Out of memory.", details={"status": 500}))
    assert state(breaker) == "open"


def test_it_waits_as_long_as_the_server_asked_for(breaker: Breaker) -> None:
    for _ in range(3):
        fail(breaker, AIProviderUnavailableError("Later.", retry_after=50))
    assert breaker.seconds_left == pytest.approx(50)


def test_the_owner_may_insist(breaker: Breaker) -> None:
    open_up(breaker)
    with breaker.watching(insist=True):
        breaker.succeeded()
    assert state(breaker) == "closed"


def test_calls_that_began_before_it_opened_do_not_keep_it_open(breaker: Breaker, hand: Hand) -> None:
    def slow_call() -> None:
        with breaker.watching():
            open_up(breaker)
            hand.seconds += 5
            raise AWAY

    with pytest.raises(AIProviderUnavailableError):
        slow_call()
    assert breaker.seconds_left == pytest.approx(5)


def test_a_model_that_came_back_may_be_tried_at_once(breaker: Breaker) -> None:
    open_up(breaker)
    breaker.forgive()
    assert state(breaker) == "half-open"


def test_every_change_is_told(hand: Hand) -> None:
    changes: list[None] = []
    told = Breaker("ollama/m", now=hand, on_change=lambda: changes.append(None))
    open_up(told)
    assert len(changes) == 1
    hand.seconds += 10
    with told.watching():
        told.succeeded()
    assert len(changes) == 2
