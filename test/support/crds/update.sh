#!/bin/sh
# Regenerates the schemas in this folder from the Go modules named below. Needs Go, Node and the repository's node_modules.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

module_dir() { # <module>@<version>: where its sources were unpacked
  (cd "$work" && go mod download -json "$1") | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",\{0,1\}$/\1/p'
}

gateway=$(module_dir sigs.k8s.io/gateway-api@v1.6.1)/config/crd/standard
envoy=$(module_dir github.com/envoyproxy/gateway@v1.9.0)/charts/gateway-helm/charts/crds/crds/generated
keda=$(module_dir github.com/kedacore/keda/v2@v2.20.2)/config/crd/bases

cd "$here"
rm -f ./*.json
node ./extract.js \
  "$gateway/gateway.networking.k8s.io_backendtlspolicies.yaml" \
  "$gateway/gateway.networking.k8s.io_gatewayclasses.yaml" \
  "$gateway/gateway.networking.k8s.io_gateways.yaml" \
  "$gateway/gateway.networking.k8s.io_grpcroutes.yaml" \
  "$gateway/gateway.networking.k8s.io_httproutes.yaml" \
  "$gateway/gateway.networking.k8s.io_listenersets.yaml" \
  "$gateway/gateway.networking.k8s.io_referencegrants.yaml" \
  "$envoy/gateway.envoyproxy.io_backends.yaml" \
  "$envoy/gateway.envoyproxy.io_backendtrafficpolicies.yaml" \
  "$envoy/gateway.envoyproxy.io_clienttrafficpolicies.yaml" \
  "$envoy/gateway.envoyproxy.io_httproutefilters.yaml" \
  "$keda/keda.sh_scaledobjects.yaml" \
  "$keda/keda.sh_triggerauthentications.yaml"

cd "$here/../../.." && npx biome format --write test/support/crds >/dev/null
