# Builds the broker, then keeps only what it needs to run. The data folder is a volume; the user is not root.
FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-alpine
LABEL org.opencontainers.image.title="ottla" org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 9092 9404
# Clients outside the container need KAFKA_ADVERTISED_LISTENERS to name an address that reaches it.
ENV KAFKA_LISTENERS=PLAINTEXT://:9092 KAFKA_LOG_DIRS=/data OTTLA_METRICS_LISTENER=:9404
HEALTHCHECK --interval=5s --timeout=3s --start-period=2s \
  CMD ["node", "-e", "require('node:net').connect(9092).on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["start"]
