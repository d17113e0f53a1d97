"""Stage A: what an event is and where. Pure: an event is understood without any memory."""
