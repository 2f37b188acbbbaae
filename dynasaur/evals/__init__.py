"""Benchmark suites: loaders, scorers, the harness, metrics, report."""
