"""Real servers on the loopback: PostgreSQL, Redis, RabbitMQ, S3, nginx, clamd, for tests, figures, faults.

Each module has `running(folder)`, which yields a server that answers, keeps what it stores in
`folder`, and can be killed and started again on the same port. Debian's packages and moto are what
runs; nothing here knows Fengcai, and production machines never need it.
"""
