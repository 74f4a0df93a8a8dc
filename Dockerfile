# For development: the environment of requirements.lock and the embedded model in one image, running as on a bare
# machine.
#
#   docker build -t cortex-dev .
#   docker run --rm -it --network host -v cortex-data:/data cortex-dev          # http://127.0.0.1:8742
#   docker run --rm -it cortex-dev python3 scripts/test.py                      # every check
#
# Cortex listens on the loopback address alone, in the container as anywhere, so the host reaches it only when both
# share their network (--network host: Linux, and Docker Desktop where host networking is switched on). To look into
# the library from the host: docker exec CONTAINER .venv/bin/cortex token
#
# A package index other than the public one: --build-arg PIP_INDEX_URL=…

FROM python:3.11-slim

ARG PIP_INDEX_URL
ARG PIP_CERT
ENV PYTHONUNBUFFERED=1 CORTEX_CACHE=/opt/cortex-cache CORTEX_DATA_DIR=/data

RUN useradd --create-home cortex && mkdir -p /data /opt/cortex-cache /cortex && chown cortex /data /opt/cortex-cache /cortex
USER cortex
WORKDIR /cortex

# What changes rarely first: the environment is built again only when the lock or the project file changed.
COPY --chown=cortex LICENSE README.md pyproject.toml requirements.lock ./
COPY --chown=cortex scripts/ scripts/
COPY --chown=cortex python-backend/src/cortex/__init__.py python-backend/src/cortex/
RUN python3 -c "import sys; sys.path.insert(0, 'scripts'); import environment; environment.prepare()"

COPY --chown=cortex . .
RUN python3 -c "import sys; sys.path.insert(0, 'scripts'); import environment; environment.build_missing()"

VOLUME /data
STOPSIGNAL SIGTERM
CMD ["python3", "scripts/run.py", "--headless"]
