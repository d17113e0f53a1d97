"""A pack's boundary layers: read from its files or built by its recipe, kept in a cache."""
