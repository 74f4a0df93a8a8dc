"""A note that an answer saves stays on this machine when the answer was made from what has to."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.api.chat_library import QUESTION, chat, converse, fill, send, until_end
from tests.api.tool_chat import NOTE, acting, until, using
from tests.conftest import RunningServer, ServerThread


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, dict[str, str]]]:
    with ServerThread(data_dir=tmp_path_factory.mktemp("notes") / "data") as running:
        with running.client() as http:
            ids = fill(running, http)
        yield running, ids


@pytest.fixture
def server(filled: tuple[RunningServer, dict[str, str]]) -> RunningServer:
    return filled[0]


@pytest.mark.parametrize("always", [False, True])
@pytest.mark.parametrize("private", [False, True])
def test_a_note_inherits_what_may_not_leave(
    server: RunningServer,
    client: httpx.Client,
    filled: tuple[RunningServer, dict[str, str]],
    private: bool,
    always: bool,
) -> None:
    client.put(f"/api/items/{filled[1]['lighthouse']}", json={"local_only": private}).raise_for_status()
    conversation = converse(client)
    first, second = f"First {private} {always}.", f"Second {private} {always}."
    with chat(server, conversation) as socket:
        with using(server, acting([(NOTE[0], {"title": "Oil", "content": first})])):
            send(socket, {"message": QUESTION})
            call = until(socket, "tool_call")
            send(socket, {"type": "approve", "tool_call_id": call["id"], "always": always})
            (made,) = until_end(socket)[-1]["message"]["tool_calls"]
        if always:
            with using(server, acting([(NOTE[0], {"title": "Oil", "content": second})])):
                send(socket, {"message": QUESTION})
                (made,) = until_end(socket)[-1]["message"]["tool_calls"]
    note = client.get(f"/api/items/{made['result']['facts']['item_id']}").json()
    assert (made["state"], note["local_only"]) == ("done", private)
    assert ("stays on this machine" in made["description"]) is private
