"""Private PostgreSQL, Redis and RabbitMQ instances for the embedded default, the local stack and tests."""
