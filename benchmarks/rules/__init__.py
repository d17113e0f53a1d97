"""The router beside every peer in the same run: ``python -m benchmarks.rules``."""
