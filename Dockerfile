# One image for the site, its worker and its schedule; docker-compose.yml says which.
FROM debian:trixie-slim AS base
ENV LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONWARNINGS=ignore::SyntaxWarning
# Pango and HarfBuzz set the certificates, DejaVu the names that the bundled fonts lack letters
# for, syllabics among them; versions follow Debian's stable release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        python3 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

FROM base AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir "uv==0.13.*"
WORKDIR /app
COPY pyproject.toml uv.lock ./
ENV UV_PYTHON=/usr/bin/python3 UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1
RUN /opt/uv/bin/uv sync --frozen --no-cache --no-default-groups

FROM base
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin atn \
    && install -d -o atn -g atn /var/lib/atn
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY . .
# Compiled once here, not by each process for itself: that took time, and memory that stays taken.
RUN python3 -m compileall -q atn_platform municipalities courses enrollments certificates
ENV PATH=/app/.venv/bin:$PATH \
    ATN_VAR_DIR=/var/lib/atn \
    DJANGO_SETTINGS_MODULE=atn_platform.settings.production
# Values that only let the settings load; none stays in the image.
RUN SECRET_KEY="$(python3 -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    SITE_URL=https://build.invalid ALLOWED_HOSTS=build.invalid EMAIL_HOST=build.invalid \
    DATABASE_URL=postgresql://build.invalid/build REDIS_URL=redis://build.invalid \
    OUTSIDE_SERVICES="login.microsoftonline.com|x|x|x;accounts.google.com|x|x|x" \
    python3 manage.py collectstatic --noinput --verbosity 0
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/sante/', timeout=2)"]
CMD ["python3", "-m", "atn_platform.serve", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--no-ws", \
     "--respawn-failed-workers", "atn_platform.wsgi:application"]
