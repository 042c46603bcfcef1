# syntax=docker/dockerfile:1
# One image for every part: the command says which. Runs as a user without rights.

ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /build
RUN pip install --no-cache-dir 'uv>=0.9,<1' && python -m venv --without-pip /opt/openccm
ENV UV_PYTHON=/opt/openccm/bin/python UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
COPY pyproject.toml requirements.lock ./
# What runs, without what only tests; the lock constrains versions and hashes. The embedded
# Temporal server, half of the weight, stays out: here Temporal is a service of its own.
RUN uv pip install --requirements pyproject.toml --group app --constraints requirements.lock \
    && rm /opt/openccm/bin/temporal
COPY LICENSE README.md ./
COPY openccm openccm
RUN uv pip install --no-deps .

FROM node:24-bookworm-slim AS web
WORKDIR /web/designer
COPY designer/package.json designer/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY docs/schema /web/docs/schema
COPY designer ./
RUN npm run build

FROM ${PYTHON}
RUN useradd --system --uid 10001 --home-dir /data --create-home openccm
COPY --from=build /opt/openccm /opt/openccm
WORKDIR /app
COPY api api
COPY workflows workflows
COPY activities activities
COPY lab lab
# The worker imports its workflows anew for every run, and could not keep them compiled itself.
RUN ["/opt/openccm/bin/python", "-m", "compileall", "-q", "."]
COPY definitions definitions
COPY --from=web /web/designer/dist designer/dist
ENV PATH=/opt/openccm/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OPENCCM_DATA_DIR=/data \
    OPENCCM_DEFINITIONS_DIR=/app/definitions \
    OPENCCM_HTTP_HOST=0.0.0.0 \
    OPENCCM_BOUNCE_HOST=0.0.0.0 \
    OPENCCM_READY_FILE=/tmp/openccm.ready
USER openccm
VOLUME /data
EXPOSE 8000 2526
CMD ["python", "-m", "api"]
