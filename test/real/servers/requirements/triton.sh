#!/usr/bin/env bash
# Completes the environment in which nvidia-pytriton bundles Triton, as its own launcher does: the server under its
# usual name, with the path of its backends, and the stub and numpy for the Python backend.
set -euo pipefail

venv=$1
packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
version=$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
triton=$packages/pytriton/tritonserver

printf '#!/bin/sh\nexec "%s" --backend-directory "%s" "$@"\n' "$triton/bin/tritonserver" "$triton/backends" >"$venv/bin/tritonserver"
chmod +x "$venv/bin/tritonserver"
cp "$triton/python_backend_stubs/$version/triton_python_backend_stub" "$triton/backends/python/"
ln -sfn "$packages/numpy" "$packages/numpy.libs" "$triton/backends/python/"
