#!/usr/bin/env bash
# Installs what the tests against real parts need: Debian packages, and one Python environment for each image of the
# examples. Running it again costs nothing. What is built here lies in the user's cache, keyed by what it is built from,
# and not in the checkout: that may stand below /tmp, where an emulated container has a volume of its own.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
links=$root/.cache/real/python
store=${XDG_CACHE_HOME:-${HOME:-/var/cache}/.cache}/serving-constructs/python
case $store in /tmp/*) store=/var/cache/serving-constructs/python ;; esac

say() { printf 'test:real: %s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

# debian_package COMMAND PACKAGE: makes a command available.
debian_package() {
  command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] && return
  command -v apt-get >/dev/null || fail "'$1' is missing; install it (the Debian package is '$2')"
  [ "$(id -u)" = 0 ] || fail "'$1' is missing; run as root: apt-get install $2"
  say "installing the Debian package $2"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$2")
  "${install[@]}" >/dev/null 2>&1 || { apt-get update -qq && "${install[@]}" >/dev/null; } ||
    fail "the Debian package '$2' could not be installed; run: apt-get update && apt-get install $2"
}

# Containers are emulated with namespaces, which a container of a CI service may refuse.
namespaces() {
  unshare --mount --pid --net --fork mount -t tmpfs none /tmp 2>/dev/null ||
    fail "no namespaces: 'unshare --mount --pid --net' must work; run as root on Linux, in a container with CAP_SYS_ADMIN and CAP_NET_ADMIN"
}

# The first Python of version 3.11 or newer that can make an environment.
find_python() {
  local candidate
  for candidate in python3.11 python3 python3.12 python3.13; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  return 1
}

# python_environment NAME REQUIREMENTS: an environment of exactly these packages, linked from .cache/real/python/NAME.
python_environment() {
  local name=$1 requirements=$root/$2 key venv
  key=$({ "$python" -VV && "$python" -c 'import sys; print(sys.base_prefix)' && cat "$requirements"; } | sha256sum | cut -c1-16)
  venv=$store/$name-$key
  if [ ! -f "$venv/complete" ]; then
    say "installing $2"
    rm -rf "$store/$name"-*
    "$python" -m venv "$venv"
    # Every package is pinned: a list that lacks one is found by the check.
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" ||
      fail "the packages of $2 could not be installed from the Python package index"
    "$venv/bin/pip" check --disable-pip-version-check >/dev/null || fail "$2 is not complete: $("$venv/bin/pip" check)"
    touch "$venv/complete"
  fi
  ln -sfn "$venv" "$links/$name"
}

python_environments() {
  find_python >/dev/null || debian_package ensurepip python3-venv
  python=$(find_python) || fail "Python 3.11 or newer with the modules venv and ensurepip is missing; install it (on Debian 12: apt-get install python3 python3-venv)"
  mkdir -p "$links" "$store"
  python_environment sentiment examples/sentiment/requirements.txt
  python_environment digits examples/digits/requirements.txt
  python_environment svm examples/image-classifier/svm/requirements.txt
  python_environment resnet50 examples/image-classifier/resnet50/requirements.txt
  python_environment train examples/requirements-train.txt
}

command_line_tools() {
  debian_package haproxy haproxy
  debian_package ip iproute2
  debian_package unshare util-linux
  debian_package docker-registry docker-registry
  debian_package skopeo skopeo
}

# The S3 server of the tests: a Go program, built once for each version.
s3_server() {
  local version=v1.8.0 built
  built=${store%/python}/bin/versitygw-$version
  if [ ! -x "$built" ]; then
    command -v go >/dev/null || fail "'go' is missing; install Go 1.26 or newer, which builds the S3 server of the tests"
    say "building versitygw $version"
    local folder
    folder=$(mktemp -d)
    GOBIN=$folder CGO_ENABLED=0 go install "github.com/versity/versitygw/cmd/versitygw@$version" ||
      fail "versitygw $version could not be built; Go must reach its module proxy"
    mkdir -p "$(dirname "$built")"
    mv "$folder/versitygw" "$built"
    rm -rf "$folder"
  fi
  mkdir -p "$root/.cache/real/bin"
  ln -sfn "$built" "$root/.cache/real/bin/versitygw"
}

command_line_tools
namespaces
s3_server
python_environments
