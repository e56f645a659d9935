# What films need, for the CI of others:
#   docker build -t explainers . && docker run --rm -v "$PWD:/films" explainers check
FROM python:3.12-slim-bookworm AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
        build-essential pkg-config libcairo2-dev libpango1.0-dev \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml README.md LICENSE /src/
COPY src /src/src
RUN python -m venv /opt/explainers && /opt/explainers/bin/pip install --no-cache-dir "/src[footage,fonts,site]"

FROM python:3.12-slim-bookworm
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends git libcairo2 libpangocairo-1.0-0 \
    && rm -rf /var/lib/apt/lists/* && useradd --create-home films
COPY --from=build /opt/explainers /opt/explainers
ENV PATH=/opt/explainers/bin:$PATH
USER films
WORKDIR /films
ENTRYPOINT ["explainers"]
CMD ["doctor"]
