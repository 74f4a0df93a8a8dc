"""What the owner is interested in, learned from what they did with what they saved; every score can say why. Pure.

For each tag, name and site it is counted how much was saved and how much of that was read, marked, kept or asked about.
The share is the interest; two more items that were never read are counted in, so that one that was says little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cortex.db.repositories.connection_facts import StoredFacts
from cortex.db.repositories.interests import Engagement

Trait = tuple[str, str]
"""(`tag` | `name` | `site`, its key)."""
_NEVER_READ = 2
"""Items that are counted in, so that little is concluded from little."""
_MOST_NAMES = 60
_STRENGTH = {"tag": 1.0, "name": 0.9, "site": 0.7}
_LESS = 0.4
"""What is left of an interest for each item with the trait that the owner wants less like."""
_UNLIKED = 0.05
"""What each trait of disliked items takes off a score, also where there is no interest to lower."""
_MOSTLY = 0.5
_FEWEST = 0.05


@dataclass(frozen=True, slots=True)
class Interest:
    """How much the owner cares for items with a trait, and what that was learned from."""

    kind: str
    key: str
    name: str
    saved: int
    read: int
    marked: int
    favourite: int
    asked: int
    less: int
    """Items with the trait that the owner wants less like."""
    strength: float
    """0–1."""

    @property
    def subject(self) -> str:
        """What the trait is, within a sentence."""
        return f"from {self.name}" if self.kind == "site" else f"about {self.name}"

    @property
    def reason(self) -> str:
        """Why an item with this trait may be wanted, as a sentence."""
        if self.read > _MOSTLY * self.saved and self.saved > 1:
            return f"You read most of what you save {self.subject} ({self.read} of {self.saved})."
        for count, did in (
            (self.read, "You read"),
            (self.marked, "You marked passages in"),
            (self.favourite, "You keep as favourites"),
            (self.asked, "Answers to your questions cite"),
        ):
            if count:
                return f"{did} {count} of {self.saved} things you saved {self.subject}."
        return f"You asked for less {self.subject}."


@dataclass(frozen=True, slots=True)
class Appeal:
    """How much an item is likely to be wanted; `because` are the interests behind it, strongest first."""

    score: float
    because: tuple[Interest, ...]
    lowered: tuple[Interest, ...]

    def reason(self, otherwise: str) -> str:
        """In a sentence or two."""
        said = self.because[0].reason if self.because else otherwise
        if self.lowered:
            said += f" It stands lower because you asked for less {self.lowered[0].subject}."
        return said


class Interests:
    """All that was learned."""

    def __init__(self, learned: Mapping[Trait, Interest]):
        self._learned = learned

    @property
    def strongest(self) -> list[Interest]:
        """Every interest, strongest first; those that were lowered to nothing last."""
        return sorted(self._learned.values(), key=_order)

    def names(self, kind: str, most: int) -> list[str]:
        """Keys of the strongest interests of a kind."""
        return [one.key for one in self.strongest if one.kind == kind and one.strength >= _FEWEST][:most]

    def appeal(self, facts: StoredFacts) -> Appeal:
        """How much an item with these traits is likely to be wanted."""
        found = [self._learned[trait] for trait in traits(facts) if trait in self._learned]
        because = sorted((one for one in found if one.strength >= _FEWEST), key=_order)
        lowered = sorted((one for one in found if one.less), key=lambda one: (-one.less, one.name))
        open_ = 1.0
        counted: set[str] = set()
        for one in because:
            # a tag `sqlite` and a name `sqlite` say the same once
            if counted.isdisjoint(one.key.split()):
                counted.update(one.key.split())
                open_ *= 1.0 - one.strength
        return Appeal(round(1.0 - open_ - _UNLIKED * len(lowered), 4), tuple(because), tuple(lowered))


def traits(facts: StoredFacts) -> list[Trait]:
    """What an item may be wanted for."""
    found: list[Trait] = [("tag", tag) for tag in facts.tags]
    found += [("name", key) for key in facts.names]
    if facts.site:
        found.append(("site", facts.site))
    return found


def wanted_counts(
    engagements: Iterable[Engagement], facts: Mapping[int, StoredFacts]
) -> tuple[list[str], list[str], list[str]]:
    """The (tags, names, sites) that occur in what the owner dealt with: of these the whole library is counted."""
    tags: dict[str, None] = {}
    sites: dict[str, None] = {}
    names: dict[str, int] = defaultdict(int)
    for one in engagements:
        stored = facts.get(one.number)
        if stored is None:
            continue
        tags.update(dict.fromkeys(stored.tags))
        for key in stored.names:
            names[key] += 1
        if stored.site:
            sites[stored.site] = None
    several = sorted((key for key, count in names.items() if count > 1), key=lambda key: (-names[key], key))
    return list(tags), several[:_MOST_NAMES], list(sites)


def learn(engagements: Sequence[Engagement], facts: Mapping[int, StoredFacts], saved: Mapping[Trait, int]) -> Interests:
    """The interests in the traits of `saved` (how many items of the library have each)."""
    did: dict[Trait, list[Engagement]] = defaultdict(list)
    written: dict[Trait, str] = {}
    for one in engagements:
        stored = facts.get(one.number)
        if stored is None:
            continue
        for trait in traits(stored):
            if trait in saved:
                did[trait].append(one)
                written.setdefault(trait, stored.names[trait[1]][1] if trait[0] == "name" else trait[1])
    return Interests(
        {trait: _interest(trait, written[trait] or trait[1], ones, saved[trait]) for trait, ones in did.items()}
    )


def _interest(trait: Trait, name: str, did: Sequence[Engagement], saved: int) -> Interest:
    kind, key = trait
    liked = [one for one in did if not one.disliked]
    less = len(did) - len(liked)
    share = sum(_engaged(one) for one in liked) / (max(saved, len(did)) + _NEVER_READ)
    return Interest(
        kind=kind,
        key=key,
        name=name,
        saved=max(saved, len(did)),
        read=sum(one.read for one in liked),
        marked=sum(one.marked for one in liked),
        favourite=sum(one.favourite for one in liked),
        asked=sum(one.asked for one in liked),
        less=less,
        strength=round(_STRENGTH[kind] * share * _LESS**less, 4),
    )


def _engaged(one: Engagement) -> float:
    """How much was made of an item: 0–1."""
    return min(1.0, 0.8 * one.read + 0.5 * one.marked + 0.5 * one.favourite + 0.3 * one.asked)


def _order(one: Interest) -> tuple[float, int, str, str]:
    return -one.strength, -one.read, one.kind, one.name
