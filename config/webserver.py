"""How gunicorn serves the site: ``gunicorn --config python:config.webserver config.wsgi``."""

worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
control_socket_disable = True  # it would stand in the home folder, one for all checkouts
# Its messages take the same way as all others, so that none holds an address (config.logs).
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}
