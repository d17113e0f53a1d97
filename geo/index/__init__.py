"""The grid index: a raster for speed, over an R-tree for the rest; exact either way.

``grid_index`` is what callers see. Below it: ``ranking`` (which cell wins), ``in_datum`` (one
datum's raster and tree), ``lookup`` and ``scalar`` (the raster read), ``borders`` and ``tree``.
``raster`` is built from ``frame``, ``edges``, ``supercover``, ``interiors``, ``candidates`` and
``records``.
"""

from geo.index.grid_index import GridIndex
from geo.index.places import NOWHERE, Borders, Places
from geo.territory import Territory

__all__ = ["NOWHERE", "Borders", "GridIndex", "Places", "Territory"]
