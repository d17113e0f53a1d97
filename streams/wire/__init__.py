"""The Kafka wire: librdkafka in, librdkafka out, a whole batch at a time."""
