"""The one SQLite file: connections, migrations, repositories, indexes, and the originals beside it."""
