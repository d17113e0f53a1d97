"""The ground of a city: where its events can be, by boundary set, register and address."""
