"""Functions and tools of other packages, written as actions."""
