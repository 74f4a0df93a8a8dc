"""Health tells of parts that are not well; it does not fail with them."""

from __future__ import annotations

from cortex.exceptions import StorageError
from cortex.services.health import HealthService, PartHealth


async def test_a_part_that_fails_is_named_beside_those_that_are_well() -> None:
    async def database() -> PartHealth:
        raise StorageError("The library on disk could not be read.")

    async def disk() -> PartHealth:
        return PartHealth("healthy")

    health = HealthService()
    health.register("database", database)
    health.register("disk", disk)
    parts = await health.check()
    assert {name: part.status for name, part in parts.items()} == {"database": "unavailable", "disk": "healthy"}
    assert parts["database"].detail == "The library on disk could not be read."
