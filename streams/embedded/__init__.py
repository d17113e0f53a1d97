"""A practice ground without Docker, Kafka, Java or Redis: a test broker and a Redis server as
children of this process, on free loopback ports, gone when it is gone.
"""
