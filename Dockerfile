# Two images: the service, and the SPARQL server that compose.yaml keeps the graph in.
# The server is the same program that the tests start, from PyPI, so that it runs without root
# and its container can say whether it is well.
FROM python:3.13-slim AS base
RUN useradd --uid 10001 --create-home kg \
 && install --directory --owner kg --group kg /data
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY constraints.txt ./

FROM base AS store
RUN pip install --constraint constraints.txt oxigraph
WORKDIR /data
USER kg
VOLUME /data
EXPOSE 7878
ENTRYPOINT ["oxigraph"]
CMD ["serve", "--location", "/data", "--bind", "0.0.0.0:7878", "--union-default-graph"]

FROM base AS service
COPY pyproject.toml README.md LICENSE ./
COPY ingest ingest
COPY kg_service kg_service
COPY mappings mappings
COPY ontologies ontologies
COPY queries queries
COPY examples examples
RUN pip install --constraint constraints.txt . && rm -rf /build/*
WORKDIR /data
USER kg
VOLUME /data
ENV KG_DATA=/data
EXPOSE 8000
ENTRYPOINT ["kg"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
