"""Real PostgreSQL and Valkey out of wheels, for machines that have neither.

Used only where DATABASE_URL or REDIS_URL is not set; nothing here is imported otherwise.
"""
