"""Envelope, outbox, relay, inbox, subscriptions and RPC over RabbitMQ or the embedded broker."""
