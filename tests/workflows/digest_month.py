"""What somebody saves on each day of a month: title, text, tags, site. The facts in it are made up."""

# ruff: noqa: E501 - one item a line reads best

from __future__ import annotations

SAVED: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("Rye starters", "A rye starter rises fastest at 28 degrees. Feed the rye starter twice a day with fresh flour.", ("bread",), "crumb.example"),
    ("Skerry Point", "The lighthouse at Skerry Point was built in 1871. Its lamp burned colza oil at first.", ("lighthouses",), "coast.example"),
    ("WAL mode", "Write-ahead logging lets readers go on while one writer commits. The WAL file grows until a checkpoint.", ("sqlite",), "data.example"),
    ("Long proofs", "Dough proofed in the cold for a night tastes of more. A long cold proof also makes scoring easier.", ("bread",), "crumb.example"),
    ("Night ferries", "The night ferry to Harrow leaves at eleven. Cabins on the night ferry have no windows.", ("travel",), "tables.example"),
    ("Checkpoints", "A checkpoint copies pages of the WAL file into the database. It waits while readers need old pages.", ("sqlite",), "data.example"),
    ("Swift boxes", "Swifts nest in boxes under the eaves. A swift box faces north so that chicks stay cool.", ("birds",), "wings.example"),
    ("Lens grinding", "A lighthouse lens of the first order weighs two tons. Its lens was ground by hand in 1862.", ("lighthouses",), "coast.example"),
    ("Scoring loaves", "A loaf is scored at a shallow angle. Deep cuts make a loaf spread in the oven.", ("bread",), "crumb.example"),
    ("Partial indexes", "A partial index holds only the rows that a condition names. SQLite uses a partial index where the query says the same.", ("sqlite",), "data.example"),
    ("Counting swifts", "Volunteers count swifts at dusk in June. Each count of swifts lasts an hour.", ("birds",), "wings.example"),
    ("Fog signals", "A fog signal at a lighthouse sounds every thirty seconds. Keepers tended the fog signal through the night.", ("lighthouses",), "coast.example"),
    ("Sleeper trains", "The sleeper train crosses the pass before dawn. Its dining car serves soup until midnight.", ("travel",), "tables.example"),
    ("Hydration", "Dough with more water has larger holes. A wet dough wants gentle folds and not kneading.", ("bread",), "crumb.example"),
    ("Query plans", "EXPLAIN QUERY PLAN shows which index SQLite reads. A plan that scans a table names no index.", ("sqlite",), "data.example"),
    ("Owl pellets", "An owl pellet holds the bones of voles. Pellets lie under the tree where the owl sleeps.", ("birds",), "wings.example"),
    ("The keeper's log", "The keeper's log of the lighthouse names every passing ship. Its last entry is from 1988.", ("lighthouses",), "coast.example"),
    ("Bakers' percent", "Bakers count water and salt in percent of the flour. Two percent salt suits most bread.", ("bread",), "crumb.example"),
    ("Busy timeouts", "A busy timeout lets SQLite wait for a lock. Without a timeout the second writer fails at once.", ("sqlite",), "data.example"),
    ("Slow trains", "The slow train stops at nineteen halts. Its timetable changes when the sleeper train is late.", ("travel",), "tables.example"),
    ("Night migration", "Thrushes migrate at night and call as they fly. Microphones count the calls of migrating birds.", ("birds",), "wings.example"),
    ("Lamp rooms", "The lamp room of a lighthouse is lined with copper. Copper keeps the heat of the lamp from the lens.", ("lighthouses",), "coast.example"),
    ("Old dough", "Old dough from yesterday leavens the bread of today. A fifth of old dough is enough for a loaf.", ("bread",), "crumb.example"),
    ("Vacuum", "VACUUM writes the whole database anew without holes. It needs as much free disk as the database has pages.", ("sqlite",), "data.example"),
    ("Ringing", "A ring on the leg of a bird tells where it was hatched. Ringers read the ring of one swift in thirty.", ("birds",), "wings.example"),
    ("Tide mills", "A tide mill grinds when the sea runs out. Its pond fills through a gate at high water.", ("mills",), "coast.example"),
    ("Steam ovens", "Steam in the first minutes keeps the crust of a loaf soft. A loaf baked without steam stays small.", ("bread",), "crumb.example"),
    ("Foreign keys", "Foreign keys in SQLite are checked only where a pragma says so. An index on the child column keeps deletes quick.", ("sqlite",), "data.example"),
    ("Branch lines", "The branch line follows the river to its mouth. One train a day still runs on the branch line.", ("travel",), "tables.example"),
    ("Keepers' gardens", "Keepers grew kale behind the lighthouse wall. Salt wind killed every other plant in the garden.", ("lighthouses",), "coast.example"),
)  # fmt: skip
