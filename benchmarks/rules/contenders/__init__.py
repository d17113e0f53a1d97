"""The ways to find the route of an event."""
