"""Wires digests, their schedule, the looking after saved addresses, and insights."""

from __future__ import annotations

from dataclasses import dataclass

from cortex.bootstrap.intelligence import Intelligence
from cortex.db.checkpoints import CheckpointStore
from cortex.db.database import Database
from cortex.domain import clock
from cortex.queue.wakeup import Wakeup
from cortex.security.outbound import OutboundClient
from cortex.services.digests.days import Days
from cortex.services.digests.digests import DigestService
from cortex.services.digests.insights import InsightsService
from cortex.services.digests.link_checks import LinkChecks
from cortex.services.digests.making import DigestMaking
from cortex.services.digests.schedule import DigestSchedule
from cortex.services.digests.writing import DigestWriter
from cortex.services.events import EventBus
from cortex.services.settings import SettingsService
from cortex.workflows.digest.graph import DigestWorkflow


@dataclass(frozen=True, slots=True)
class Digests:
    """Everything about bringing things back."""

    service: DigestService
    schedule: DigestSchedule
    workflow: DigestWorkflow
    links: LinkChecks
    insights: InsightsService


def digests(
    database: Database,
    events: EventBus,
    wakeup: Wakeup,
    preferences: SettingsService,
    models: Intelligence,
    outbound: OutboundClient,
    checkpoints: CheckpointStore,
) -> Digests:
    """Construct it."""
    days = Days()
    service = DigestService(database, events, wakeup, days)
    making = DigestMaking(database, events, preferences, DigestWriter(database, models.gateway), days, clock.now)
    return Digests(
        service,
        DigestSchedule(database, events, preferences, service, wakeup, days),
        DigestWorkflow(making, checkpoints),
        LinkChecks(database, outbound, preferences),
        InsightsService(database, days),
    )
