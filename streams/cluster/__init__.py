"""A Kafka cluster seen from outside the flow: reaching it, its topics by plan, reading a topic."""
