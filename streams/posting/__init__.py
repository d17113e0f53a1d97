"""Putting events onto the input lanes: lines and CSV rows checked, replays timed, posts paced."""
