"""Postgres: the embedded server, roles, migrations, tenant transactions, the job queue."""
