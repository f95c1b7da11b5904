"""Private PostgreSQL, Redis and RabbitMQ instances: child processes in folders of their own."""

from servers.errors import ProgramMissing, ServerFailed
from servers.postgres import Postgres
from servers.rabbitmq import RabbitMQ
from servers.redis import Redis

__all__ = ["Postgres", "ProgramMissing", "RabbitMQ", "Redis", "ServerFailed"]
