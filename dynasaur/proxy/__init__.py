"""A way to a few named domains and nothing else, for code that has no network of its own."""
