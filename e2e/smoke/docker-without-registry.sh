#!/bin/sh
# Runs `pnpm test:compose` where there is no registry of images: a Docker daemon of its own below a temporary directory, and images made
# from Debian's packages and this machine's Node. Needs root and `apt-get install docker.io docker-compose debootstrap`; about 1 GB.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /var/tmp/trunkline-docker-XXXXXX)
export DOCKER_HOST="unix://$work/docker.sock" DOCKER_BUILDKIT=0

dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" --host "$DOCKER_HOST" >"$work/log" 2>&1 &
daemon=$!
clean_up() {
  kill "$daemon" && wait "$daemon" || true
  umount "$work"/exec/netns/* 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
until docker info >/dev/null 2>&1; do kill -0 "$daemon" || { cat "$work/log"; exit 1; }; sleep 0.2; done

base="$work/base"
debootstrap --variant=minbase --include=bubblewrap,git,ca-certificates,libatomic1 bookworm "$base" http://deb.debian.org/debian >"$work/debootstrap.log"
cp "$(readlink -f "$(command -v node)")" "$base/usr/local/bin/node"
mkdir -p "$base/usr/local/lib/node_modules"
cp -R "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$base/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$base/usr/local/bin/npm"
# The registry of packages may be behind a proxy that this machine knows.
cp /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/"
certificates=/etc/ssl/certs/ca-certificates.crt
tar -C "$base" --exclude=./proc --exclude=./sys --exclude=./var/cache/apt -c . | docker import \
  --change "ENV NODE_EXTRA_CA_CERTS=$certificates npm_config_cafile=$certificates PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
  - trunkline-base

node "$root/scripts/pack-release.mjs" "$work/packed"
docker build --network host --build-arg BASE=trunkline-base --file "$root/docker/Dockerfile" --tag trunkline "$work/packed"
docker build --network host --file "$root/e2e/smoke/images/Dockerfile" --tag trunkline-smoke-services "$root/e2e/smoke/images"

export TRUNKLINE_IMAGE=trunkline POSTGRES_IMAGE=trunkline-smoke-services NGINX_IMAGE=trunkline-smoke-services
node "$root/e2e/smoke/compose.ts"
