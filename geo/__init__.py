"""Where: datums, boundary layers, the grid index, and the demonstration tessellation.

Pure: no file, clock or randomness. Reading and caching boundaries is in ``streams/boundaries.py``.
"""
