"""The desk with few and with many open cases: ``python -m benchmarks.desk``."""
