"""What `scripts/bench.py` measures: one module a part, each with `run()` (its figures) and `main()`."""
