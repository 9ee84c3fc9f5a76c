# The service, and with other arguments the jobs: docs/image.md.
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements/build.lock requirements/runtime.lock requirements/
RUN python3 -m venv /opt/tools \
 && /opt/tools/bin/pip install --require-hashes --only-binary :all: -r requirements/build.lock \
 && python3 -m venv --without-pip /opt/tipoff \
 && /opt/tools/bin/pip --python /opt/tipoff/bin/python install \
    --require-hashes --only-binary :all: --no-compile -r requirements/runtime.lock
COPY . .
# Unchecked: bytecode that is compared with times of files is lost where an image's times are changed.
RUN /opt/tools/bin/pip wheel --no-index --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/tools/bin/pip --python /opt/tipoff/bin/python install \
    --no-index --no-deps --no-compile dist/*.whl \
 && python3 -m compileall -f -q -j 0 --invalidation-mode unchecked-hash /opt/tipoff/lib

FROM ${BASE}
# Bases come with pip, and slim ones without the standard library's bytecode: nobody could write it.
RUN rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/site-packages/* \
    /usr/local/lib/python3*/ensurepip /usr/lib/python3*/ensurepip /usr/share/python-wheels \
 && python3 -m compileall -f -q -j 0 --invalidation-mode unchecked-hash \
    -x '/(idlelib|lib2to3|test|tests|turtledemo)/' \
    "$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
 && groupadd --gid 10001 tipoff \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent \
    --shell /usr/sbin/nologin tipoff
COPY --from=build /opt/tipoff /opt/tipoff
# Zones come from the locked tzdata, whatever the base has.
ENV PATH=/opt/tipoff/bin:/usr/local/bin:/usr/bin:/bin \
    PORT=8080 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONTZPATH= \
    PYTHONUNBUFFERED=1
ARG COMMIT
ARG BUILT_AT
# An image that couldn't say what it holds isn't made.
RUN expr "${COMMIT}" : '[0-9a-f]\{40\}$' \
 && expr "${BUILT_AT}" : '[0-9]\{4\}-[0-9]\{2\}-[0-9]\{2\}T[0-9]\{2\}:[0-9]\{2\}:[0-9]\{2\}Z$'
ENV TIPOFF_COMMIT=${COMMIT} \
    TIPOFF_BUILT_AT=${BUILT_AT}
LABEL org.opencontainers.image.title=tipoff \
      org.opencontainers.image.licenses=Apache-2.0 \
      org.opencontainers.image.revision=${COMMIT} \
      org.opencontainers.image.created=${BUILT_AT}
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python3", "-m", "clients.alive"]
ENTRYPOINT ["tipoff"]
CMD ["serve", "--host", "0.0.0.0"]
