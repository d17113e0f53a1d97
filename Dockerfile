# One image for the worker and for every other `wangge` command. Built by BuildKit, Docker's default.
# The tag names a release; to be exact to the byte, put the digest that you tested behind it.
ARG PYTHON_IMAGE=python:3.11.14-slim-bookworm

FROM ${PYTHON_IMAGE} AS builder
# The same as UV_VERSION in the Makefile.
ARG UV_VERSION=0.13.9
RUN pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore uv==${UV_VERSION}
# In the image compiled once; copied, because the cache of the build is no part of the image.
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
WORKDIR /app
# What is locked comes first: it changes seldom, and is then taken from the build's cache.
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --no-install-project
# Then our own packages, built into the environment as the wheel carries them.
COPY README.md LICENSE ./
COPY messages messages
COPY packs packs
COPY geo geo
COPY rules rules
COPY incidents incidents
COPY sinks sinks
COPY streams streams
COPY drills drills
COPY cli cli
COPY cities cities
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --no-editable

FROM ${PYTHON_IMAGE} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Wangge" \
      org.opencontainers.image.description="Stream processing for urban incident events" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="python:3.11.14-slim-bookworm"
# A number that no account of the host is likely to have. Empty volumes take over whose the folders
# are: the store of packs, shared by all workers of a city, and a cache for each.
RUN groupadd --system --gid 10001 wangge \
 && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent wangge \
 && install -d -o 10001 -g 10001 -m 0750 /var/lib/wangge /var/lib/wangge/packs /var/cache/wangge
COPY --from=builder /app/.venv /app/.venv
# The packs once more, under a name that can be typed: `wangge check /cities/nanjing`.
COPY cities /cities
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WANGGE_CACHE=/var/cache/wangge \
    WANGGE_STORE=/var/lib/wangge/packs \
    WANGGE_PACK=/cities/nanjing \
    WANGGE_WEB_BIND=0.0.0.0 \
    WANGGE_WEB_PORT=6066
# No folder of ours: a `.env` in it would be read.
WORKDIR /var/lib/wangge
USER 10001:10001
EXPOSE 6066
# Of a worker; a command that ends has none: `docker run --no-healthcheck`. There is no curl in here.
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['WANGGE_WEB_PORT'] + '/-/healthy', timeout=4)"]
ENTRYPOINT ["wangge"]
CMD ["worker"]
