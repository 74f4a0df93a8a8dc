"""Frozen records, one concept a module. They hold no behaviour that needs anything outside this package."""
