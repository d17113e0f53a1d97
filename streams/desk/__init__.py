"""Stage B: whose an event is. Its logic is pure; only :mod:`streams.desk.work` does anything."""
