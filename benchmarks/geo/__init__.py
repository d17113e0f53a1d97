"""The grid index beside every peer in the same run: ``python -m benchmarks.geo``."""
