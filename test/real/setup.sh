#!/usr/bin/env bash
# Installs what the tests against real parts need: Debian packages, one Python environment for each image of the examples
# and for each list of servers, programs on Node and in Go. Running it again costs nothing, and several runs may happen at
# once. What is built here lies in the user's cache, keyed by what it is built from, and not in the checkout: that may stand
# below /tmp, where an emulated container has a volume of its own.
#
# setup.sh [PART...]: all parts, or some of: tools examples servers proxies haproxy stores emulator
# languages
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
links=$root/.cache/real
store=${XDG_CACHE_HOME:-${HOME:-/var/cache}/.cache}/serving-constructs/installed
case $store in /tmp/*) store=/var/cache/serving-constructs/installed ;; esac

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

# cached KIND NAME KEY COMMAND...: what COMMAND makes in the folder it is given, made once for each key and linked from
# .cache/real/KIND/NAME. What nobody has used for a month is removed; what another checkout uses stays.
cached() {
  local kind=$1 name=$2 key made
  key=$(printf '%s' "$3" | sha256sum | cut -c1-16)
  made=$store/$kind/$name-$key
  shift 3
  mkdir -p "$links/$kind" "$store/$kind"
  (
    flock 9
    if [ ! -f "$made/complete" ]; then
      say "installing $kind $name"
      rm -rf "$made"
      mkdir -p "$made"
      "$@" "$made"
    fi
    touch "$made/complete"
    find "$store/$kind" -mindepth 2 -maxdepth 2 -path "*/$name-*/complete" -mtime +30 -printf '%h\0' | xargs -0r rm -rf
  ) 9>"$store/$kind/$name.lock"
  ln -sfn "$made" "$links/$kind/$name"
}

# python_environment NAME REQUIREMENTS: an environment of exactly these packages.
python_environment() {
  local requirements=$root/$2
  cached python "$1" "$("$python" -VV; "$python" -c 'import sys; print(sys.base_prefix)'; cat "${requirements%.txt}".*)" \
    install_python "$requirements"
}

install_python() {
  local requirements=$1 venv=$2
  "$python" -m venv "$venv"
  # Every package is pinned: a list that lacks one is found by the check.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" ||
    fail "the packages of $requirements could not be installed from the Python package index"
  "$venv/bin/pip" check --disable-pip-version-check >/dev/null || fail "$requirements is not complete: $("$venv/bin/pip" check)"
  # A script of the same name does what no package does.
  [ ! -f "${requirements%.txt}.sh" ] || bash "${requirements%.txt}.sh" "$venv"
}

# node_program VERSION: Node itself, as the npm registry has it.
node_program() {
  cached node "$1" "$1 $(uname -sm)" install_node "$1"
}

install_node() {
  local package
  package=node-linux-$(node -p process.arch)@$1
  npm install --silent --prefix "$2" --no-audit --no-fund --no-package-lock --ignore-scripts "$package" ||
    fail "'$package' could not be installed from the npm registry"
  ln -s "node_modules/${package%@*}/bin" "$2/bin"
}

need_go() {
  command -v go >/dev/null || fail "Go 1.21 or newer is missing; install it (on Debian 13: apt-get install golang-go)"
}

# go_program NAME FOLDER: a program compiled by the toolchain that its go.mod names.
go_program() {
  need_go
  local source=$root/$2 toolchain
  toolchain=$(sed -n 's/^toolchain //p' "$source/go.mod")
  cached go "$1" "$(uname -m; cat "$source"/*)" install_go "$source" "$toolchain"
}

install_go() {
  (cd "$1" && GOTOOLCHAIN=$2 CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -o "$3/bin/server" .) ||
    fail "the program in $1 could not be compiled with $2"
}

with_python() {
  find_python >/dev/null || debian_package ensurepip python3-venv
  python=$(find_python) || fail "Python 3.11 or newer with the modules venv and ensurepip is missing; install it (on Debian 12: apt-get install python3 python3-venv)"
}

examples() {
  with_python
  python_environment sentiment examples/sentiment/requirements.txt
  python_environment digits examples/digits/requirements.txt
  python_environment svm examples/image-classifier/svm/requirements.txt
  python_environment resnet50 examples/image-classifier/resnet50/requirements.txt
  python_environment train examples/requirements-train.txt
}

servers() {
  local list version
  with_python
  for list in "$root"/test/real/servers/requirements/*.txt; do
    python_environment "$(basename "$list" .txt)" "${list#"$root"/}"
  done
  while read -r version; do node_program "$version"; done <"$root/test/real/servers/requirements/node.versions"
  go_program server test/real/servers/apps/go
}

tools() {
  debian_package haproxy haproxy
  debian_package ip iproute2
  debian_package unshare util-linux
  namespaces
}

# What stands in front of the servers when the chain is proven. The router of the examples is among the tools.
proxies() {
  with_python
  debian_package nginx nginx
  python_environment envoy test/real/chain/envoy.txt
}

# go_command NAME VERSION PACKAGE: a command of a Go module, built as its author released it.
go_command() {
  need_go
  cached go "$1" "$2 $(uname -m)" install_go_command "$3@$2"
}

install_go_command() {
  GOBIN=$2/bin CGO_ENABLED=0 go install "$1" || fail "'$1' could not be built; Go must reach its module proxy"
}

# debian_haproxy NAME SUITE...: HAProxy as other suites of Debian have it, with its libraries beside it; nothing of the system
# changes. The first suite that has one counts.
debian_haproxy() {
  local name=$1
  shift
  cached haproxy "$name" "$* $(uname -m)" install_haproxy "$*"
}

# isolated_apt FOLDER TYPE SUITE...: settings of apt for other suites of Debian than this system's, which stays as it is.
isolated_apt() {
  local apt=$1 type=$2 mirror
  shift 2
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -1)
  [ -n "$mirror" ] || fail "HAProxy of the Debian suites '$*' cannot be installed: apt knows no archive of Debian; run: apt-get update"
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/sources"
  : >"$apt/state/status"
  printf '%s\n' "Types: $type" "URIs: $mirror" "Suites: $*" 'Components: main' \
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' >"$apt/sources/haproxy.sources"
  cat >"$apt/apt.conf" <<CONFIGURATION
Dir::State "$apt/state";
Dir::State::status "$apt/state/status";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$apt/sources";
APT::Sandbox::User "root";
APT::Default-Release "$1";
APT::Install-Recommends "false";
Acquire::Languages "none";
CONFIGURATION
  APT_CONFIG=$apt/apt.conf apt-get update -qq
}

install_haproxy() {
  local made=$2 apt=$2/apt library
  # The suites are words.
  isolated_apt "$apt" deb $1 &&
    APT_CONFIG=$apt/apt.conf apt-get install -qq -y --download-only haproxy >/dev/null ||
    fail "HAProxy of the Debian suites '$1' could not be fetched"
  find "$apt/cache/archives" -name '*.deb' -exec dpkg-deb -x {} "$made/root" \;
  library=$(dirname "$(find "$made/root/usr/lib" -name 'libc.so.6')")
  mkdir "$made/bin"
  printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$(find "$library" -name 'ld-linux*.so.*' | head -1)" \
    "$library" "$made/root/usr/sbin/haproxy" >"$made/bin/haproxy"
  chmod +x "$made/bin/haproxy"
  rm -rf "$apt" "$made/root/usr/share" "$made/root/var"
  "$made/bin/haproxy" -v >/dev/null || fail "HAProxy of the Debian suites '$1' does not start"
}

# upstream_haproxy NAME SUITE: HAProxy as its authors released it, without what Debian mends in the version of a suite.
upstream_haproxy() {
  debian_package make make
  debian_package cc gcc
  debian_package pcre2-config libpcre2-dev
  cached haproxy "$1" "$2 $(uname -m)" build_haproxy "$2"
}

build_haproxy() {
  local made=$2
  isolated_apt "$made/apt" deb-src "$1" || fail "the sources of HAProxy in Debian '$1' could not be listed"
  mkdir "$made/source" "$made/bin"
  # Debian's own changes may be missing from a mirror; the original archive is what counts.
  (cd "$made" && APT_CONFIG=$made/apt/apt.conf apt-get source -qq --download-only haproxy >/dev/null 2>&1) || true
  tar -xf "$made"/haproxy_*.orig.tar.gz -C "$made/source" --strip-components=1 ||
    fail "the source of HAProxy in Debian '$1' could not be fetched"
  make -s -j2 -C "$made/source" TARGET=linux-glibc USE_PCRE2=1 USE_PROMEX=1 >/dev/null 2>&1 ||
    fail "HAProxy of Debian '$1' could not be compiled"
  strip -o "$made/bin/haproxy" "$made/source/haproxy"
  rm -rf "$made/apt" "$made/source" "$made"/haproxy_*
}

# The versions of the router that are attacked beside Debian's own, and servers that upgrade to HTTP/2.
haproxy_versions() {
  with_python
  debian_package haproxy haproxy
  debian_haproxy 3.0 trixie
  upstream_haproxy 3.0-unpatched trixie
  debian_haproxy newest experimental sid
  python_environment hypercorn test/real/requirements/hypercorn.txt
  go_program h2c test/real/security/router/h2c-go
}

# What artifacts are published to, and the peers that read them.
stores() {
  debian_package busybox busybox-static
  debian_package umoci umoci
  # runc, because crun refuses hosts with both versions of control groups.
  debian_package runc runc
  debian_package podman podman
  debian_package docker-registry docker-registry
  debian_package skopeo skopeo
  go_command versitygw v1.8.0 github.com/versity/versitygw/cmd/versitygw
}

# What 'cdk deploy' is tried on, and what its containers fetch models with.
emulator() {
  with_python
  python_environment aws-cli test/real/requirements/aws-cli.txt
  python_environment aws-emulator test/real/requirements/aws-emulator.txt
}

install_jars() {
  mvn -q -B -f "$1" dependency:copy-dependencies -DoutputDirectory="$2/lib" >&2 ||
    fail "the packages of $1 could not be installed from the Maven repository"
}

# The frameworks in other languages, and the versions of Node that the package supports.
languages() {
  local version pom=$root/test/real/languages/java/pom.xml
  with_python
  python_environment languages test/real/languages/python/requirements.txt
  debian_package javac default-jdk-headless
  debian_package mvn maven
  cached java languages "$(cat "$pom")" install_jars "$pom"
  need_go
  while read -r version; do node_program "$version"; done <"$root/test/real/requirements/node.versions"
}

for part in ${*:-tools examples servers proxies haproxy stores emulator languages}; do
  case $part in
    tools | examples | servers | proxies | stores | emulator | languages) "$part" ;;
    # Not a function of that name, which would hide the command.
    haproxy) haproxy_versions ;;
    *) fail "'$part' is no part; the parts are: tools examples servers proxies haproxy stores emulator languages" ;;
  esac
done
