"""The suites: one file each, from the format in which it is published."""
