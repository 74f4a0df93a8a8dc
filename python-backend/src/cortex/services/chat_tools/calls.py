"""Calls of tools: proposed by a model, decided on by the owner, carried out exactly once.

A call that writes is carried out in the one transaction in which it becomes `done`: there is no moment at which it
could have happened without being noted, or be noted without having happened. See docs/adr/0021-approvals.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cortex.db.database import Database
from cortex.db.driver import Connection
from cortex.db.repositories import conversations, tool_calls, undo
from cortex.db.repositories.changes import ChangeLog
from cortex.db.witnessed import WitnessedDatabase
from cortex.domain import clock
from cortex.domain.conversation import AnswerScope
from cortex.domain.ids import new_id
from cortex.domain.search import Passage
from cortex.domain.tool_call import Decision, ToolCallRecord, ToolCallState, ToolResult
from cortex.exceptions import CortexError, NotFoundError, StorageError, ValidationError
from cortex.observability.logs import get_logger
from cortex.providers.chat_model import ToolCall
from cortex.services.answer_passages import noted
from cortex.services.chat_history import kept_here
from cortex.services.chat_tools.reading import ReadItem, SearchLibrary
from cortex.services.chat_tools.tool import Found, ToolContext, ToolRefusedError
from cortex.services.chat_tools.toolbox import MOST_CALLS, Toolbox, clean_arguments, parse
from cortex.services.chat_tools.writing import Writers, WritingTool
from cortex.services.extraction.characters import collapse

log = get_logger(__name__)

MOST_UNASKED = 3
"""Calls of always allowed tools that one answer makes without asking; further ones are asked for again."""
PASSAGES = "passages"
"""Among the facts of a reading tool's result: the passages that it showed, as `answer_passages.noted` has them."""
_MAKING = frozenset({"create_task", "set_reminder"})


@dataclass(frozen=True, slots=True)
class CallingAnswer:
    """The answer whose model calls tools. `may_write`: whoever asked may write, so that what the owner always allows
    in this conversation needs no further word."""

    conversation_id: str
    message_id: str
    scope: AnswerScope
    is_local: bool
    may_write: bool = False
    room: int = 6000
    next_number: int = 1
    numbers: Mapping[str, int] = field(default_factory=dict)
    grounds: tuple[str, ...] = ()
    """The items whose text the model was shown before it called."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A round's calls after those that may run have run, and the passages that the model is shown by them."""

    calls: tuple[ToolCallRecord, ...]
    passages: tuple[Passage, ...] = ()

    @property
    def pending(self) -> tuple[ToolCallRecord, ...]:
        return tuple(call for call in self.calls if call.state == "pending")


class ToolCallService:
    """Keeps every call, and carries out what may be carried out."""

    def __init__(self, database: Database, toolbox: Toolbox, writers: Callable[[Database], Writers]):
        self._database = database
        self._writers = writers
        self.toolbox = toolbox

    async def propose(self, answer: CallingAnswer, round_: int, wanted: Sequence[ToolCall]) -> list[ToolCallRecord]:
        """Store what a model asks for in a round, checked and described; nothing is carried out.

        Asked again for the same round it gives what is stored. Calls beyond `MOST_CALLS` of an answer are dropped.
        """
        stored = await self.of_message(answer.message_id)
        if any(call.round == round_ for call in stored):
            return [call for call in stored if call.round == round_]
        context = await self._context(answer)
        granted = await self.granted(answer.conversation_id) if answer.may_write else []
        unasked = sum(call.needs_approval and call.decided_at is None for call in stored)
        records: list[ToolCallRecord] = []
        for position, call in enumerate(wanted[: max(MOST_CALLS - len(stored), 0)]):
            record = await self._checked(answer, round_, position, call, context)
            if record.state == "pending" and record.name in granted and unasked < MOST_UNASKED:
                unasked += 1
                record = replace(record, state="approved")
            records.append(record)

        def add(connection: Connection) -> None:
            conversations.note_grounds(connection, answer.message_id, answer.grounds)  # for when they are carried out
            tool_calls.add(connection, records)

        await self._database.write(add)
        return await self.of_message(answer.message_id, round_)

    async def run_ready(self, answer: CallingAnswer, round_: int) -> Ran:
        """Carry out the calls of a round that need no decision (any more), one after the other, in their order."""
        passages: list[Passage] = []
        context = await self._context(answer)
        for call in await self.of_message(answer.message_id, round_):
            if call.state != "approved":
                continue
            if call.needs_approval:
                await self._write(call, context)
                continue
            found = await self._read(call, context)
            passages += found.passages
            numbers = {one.chunk_id: context.next_number + n for n, one in enumerate(found.passages)}
            context = replace(
                context,
                next_number=context.next_number + len(found.passages),
                numbers={**context.numbers, **numbers},
            )
        return Ran(tuple(await self.of_message(answer.message_id, round_)), tuple(passages))

    async def read_only(
        self, answer: CallingAnswer, position: int, call: ToolCall, *, refusal: ToolResult
    ) -> tuple[ToolCallRecord, tuple[Passage, ...]]:
        """A call where nobody can approve: reading is done at once, writing ends with `refusal`. Nothing is stored."""
        context = await self._context(answer)
        record = await self._checked(answer, 0, position, call, context)
        if record.has_ended:
            return record, ()
        if record.needs_approval:
            return replace(record, state="expired", result=refusal, ended_at=clock.now()), ()
        found = await self._found(record, context)
        state: ToolCallState = "failed" if found.result.is_error else "done"
        return replace(record, state=state, result=found.result, ended_at=clock.now()), found.passages

    async def decide(
        self, conversation_id: str, call_id: str, decision: Decision, *, scope: AnswerScope, always: bool = False
    ) -> ToolCallRecord:
        """Note the owner's word, and carry out what was approved; `always` allows the tool in this conversation.

        Said twice, it is carried out once. A call that fails ends as `failed`, with the reason in its result.
        Raises ToolCallNotFoundError, ConflictError (it was decided otherwise or is over), ValidationError.
        """
        if always and decision != "approve":
            raise ValidationError("Only what is approved can be allowed always.")

        def note(connection: Connection) -> ToolCallRecord:
            decided = tool_calls.decide(connection, conversation_id, call_id, decision)
            if always:
                tool_calls.grant(connection, conversation_id, decided.name)
            return decided

        call = await self._database.write(note, durable=True)
        if call.state == "approved":
            await self.carry_out(call, scope)
        return await self._database.read(lambda connection: tool_calls.get(connection, conversation_id, call_id))

    async def carry_out(self, call: ToolCallRecord, scope: AnswerScope) -> None:
        """Do what was approved: also after a crash between the owner's word and its transaction."""
        answer = CallingAnswer(call.conversation_id, call.message_id, scope, call.is_local)
        await self._write(call, await self._context(answer))

    async def end_pending(self, message_id: str, state: ToolCallState, reason: str) -> list[ToolCallRecord]:
        """End every call of an answer that still waits; gives those calls."""
        ended = await self._database.write(
            lambda connection: tool_calls.end_pending(connection, message_id, state, reason)
        )
        return [call for call in await self.of_message(message_id) if call.id in ended]

    async def keep(self, calls: Sequence[ToolCallRecord]) -> None:
        """Store calls as they ended elsewhere (`read_only`)."""
        await self._database.write(lambda connection: tool_calls.add(connection, calls))

    async def expire_orphans(self, reason: str) -> None:
        """End the calls that wait for a decision while their answers no longer do: a kill came between."""
        await self._database.write(lambda connection: tool_calls.expire_orphans(connection, reason))

    async def get(self, conversation_id: str, call_id: str) -> ToolCallRecord:
        """One call. Raises ToolCallNotFoundError."""
        return await self._database.read(lambda connection: tool_calls.get(connection, conversation_id, call_id))

    async def waiting(self, conversation_id: str | None = None) -> list[tuple[str, str]]:
        """The answers that wait for the owner, of a conversation or of all: (conversation's id, message's id)."""
        return await self._database.read(lambda connection: tool_calls.waiting_answers(connection, conversation_id))

    async def of_message(self, message_id: str, round_: int | None = None) -> list[ToolCallRecord]:
        """The calls of an answer, or of one round of it, in order."""
        return await self._database.read(lambda connection: tool_calls.of_message(connection, message_id, round_))

    async def granted(self, conversation_id: str) -> list[str]:
        """The tools that are always allowed in a conversation, by name."""
        return await self._database.read(lambda connection: tool_calls.granted(connection, conversation_id))

    async def revoke(self, conversation_id: str, name: str) -> str | None:
        """Ask for this tool again; gives the undo id. Raises NotFoundError when it was not always allowed."""

        def write(connection: Connection) -> str | None:
            log = ChangeLog(connection)
            if not log.set_grant(conversation_id, name, granted=False):
                raise NotFoundError(f"The tool {name[:60]!r} is not always allowed in this conversation.")
            return undo.record(connection, "ask again for tool", log.before)

        return await self._database.write(write)

    async def _checked(
        self, answer: CallingAnswer, round_: int, position: int, call: ToolCall, context: ToolContext
    ) -> ToolCallRecord:
        now = clock.now()
        record = ToolCallRecord(
            id=new_id("call"),
            conversation_id=answer.conversation_id,
            message_id=answer.message_id,
            round=round_,
            position=position,
            name=collapse(call.name)[:100],
            arguments=clean_arguments(call.arguments),
            description="",
            needs_approval=self.toolbox.writes(collapse(call.name)),
            state="approved",
            is_local=answer.is_local,
            created_at=now,
        )
        try:
            checked = await self.toolbox.check(record.name, record.arguments, context)
        except ToolRefusedError as error:
            result = ToolResult(error.message, is_error=True)
            said = "A call that makes no sense; the model was told so."
            return replace(record, description=said, state="failed", result=result, ended_at=now)
        return replace(
            record, description=checked.description, state="pending" if checked.needs_approval else "approved"
        )

    async def _read(self, call: ToolCallRecord, context: ToolContext) -> Found:
        found = await self._found(call, context)
        state: ToolCallState = "failed" if found.result.is_error else "done"
        facts = {**found.result.facts, PASSAGES: noted(found.passages, first=context.next_number)}
        result = replace(found.result, facts=facts)
        await self._database.write(lambda connection: tool_calls.finish(connection, call.id, state, result))
        return found

    async def _found(self, call: ToolCallRecord, context: ToolContext) -> Found:
        """What a reading tool gives; never raises."""
        tool = self.toolbox.tool(call.name)
        try:
            if isinstance(tool, SearchLibrary):
                return await tool.run(parse(tool, call.arguments), context)
            if isinstance(tool, ReadItem):
                return await tool.run(parse(tool, call.arguments), context)
        except CortexError as error:
            return Found(ToolResult(error.message, is_error=True))
        return Found(ToolResult(f"There is no tool {call.name!r} any more.", is_error=True))

    async def _write(self, call: ToolCallRecord, context: ToolContext) -> None:
        """Carry a writing call out. Never raises but for a library that cannot be written to."""
        done = ToolResult("It was done.")

        def witness(connection: Connection, undo_id: str | None) -> None:
            tool_calls.finish(connection, call.id, "done", done, undo_id)

        writers = self._writers(WitnessedDatabase(self._database, witness))
        tool = self.toolbox.tool(call.name)
        try:
            if not isinstance(tool, WritingTool):
                raise ToolRefusedError(f"There is no tool {call.name!r} any more.")
            result = await tool.run(parse(tool, call.arguments), context, writers)
        except StorageError:
            raise
        except CortexError as error:
            await self._failed(call, ToolResult(f"It was not done: {error.message}", is_error=True))
            return
        except Exception as error:
            log.error("a tool broke", tool=call.name, exc_info=error)
            await self._failed(call, ToolResult("It was not done: something went wrong inside Cortex.", is_error=True))
            return
        await self._database.write(lambda connection: tool_calls.add_facts(connection, call.id, result))

    async def _failed(self, call: ToolCallRecord, result: ToolResult) -> None:
        def note(connection: Connection) -> None:
            present = tool_calls.get(connection, call.conversation_id, call.id)
            if not present.has_ended:  # what was done stays done, whatever went wrong behind it
                tool_calls.finish(connection, call.id, "failed", result)

        log.info("tool call failed", tool=call.name)
        await self._database.write(note)

    async def _context(self, answer: CallingAnswer) -> ToolContext:
        def read(connection: Connection) -> tuple[Mapping[str, Sequence[ToolCallRecord]], bool]:
            grounds = {*answer.grounds, *conversations.grounds(connection, answer.message_id)}
            made = tool_calls.of_conversation(connection, answer.conversation_id)
            return made, bool(kept_here(connection, grounds))

        made, stays_here = await self._database.read(read)
        own = {
            str(call.result.facts["task_id"])
            for calls in made.values()
            for call in calls
            if call.name in _MAKING and call.result is not None and "task_id" in call.result.facts
        }
        return ToolContext(
            scope=answer.scope,
            is_local=answer.is_local,
            room=answer.room,
            next_number=answer.next_number,
            numbers=answer.numbers,
            own_tasks=frozenset(own),
            stays_here=stays_here,
        )
