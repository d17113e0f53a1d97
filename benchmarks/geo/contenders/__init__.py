"""Ways to find the cell of a position: ours and everybody else's."""
