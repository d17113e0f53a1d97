"""Where: datums, boundary layers, the grid index, and the demonstration tessellation.

Pure: no file, clock or randomness. ``streams/boundaries/`` reads and caches boundaries.
"""
