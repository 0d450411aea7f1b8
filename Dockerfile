# One image for migrate, web, worker and beat, and nginx with the static files beside it.
#   docker compose build
# The Python that the tests run on.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.lock requirements-dev.lock ./
RUN pip install --require-hashes --no-deps --requirement requirements.lock
# Babel compiles the translations; only this stage has it.
RUN awk '/^[a-z]/ {wanted = /^babel==/} wanted' requirements-dev.lock > /tmp/babel.lock \
    && pip install --require-hashes --no-deps --target /tools --requirement /tmp/babel.lock
COPY . .
RUN PYTHONPATH=/tools python -m babel.messages.frontend compile --domain django --directory locale
# As production serves them; this step needs no secret.
RUN PRODUCTION=1 SERVICE=image python manage.py collectstatic --noinput
# The containers' folders are read-only: compile here what Python would write there.
RUN python -m compileall -q /venv/lib /app

FROM nginx:1.29-alpine AS front
# To memory, for the container's folders cannot be written.
ENV NGINX_ENTRYPOINT_LOCAL_RESOLVERS=1 NGINX_ENVSUBST_OUTPUT_DIR=/run
COPY config/nginx.conf /etc/nginx/nginx.conf
COPY config/nginx_site.conf /etc/nginx/site.conf
COPY config/nginx_headers.conf /etc/nginx/headers.conf
COPY config/errors /srv/errors
COPY config/nginx_resolver.conf.template /etc/nginx/templates/resolver.conf.template
COPY --from=build /app/staticfiles /srv/static

FROM python:3.11-slim AS app
ENV PYTHONUTF8=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PRODUCTION=1 PATH=/venv/bin:$PATH
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin dodonto
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER dodonto
EXPOSE 8000
# The site's own check of liveness, as a load balancer requests it, by a name of ALLOWED_HOSTS.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "config/alive.py"]
CMD ["gunicorn", "--config", "python:config.webserver", "--bind", "0.0.0.0:8000", "config.wsgi"]
