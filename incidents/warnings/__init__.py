"""Warnings (预警): when cases make one, its life, and what it says."""
