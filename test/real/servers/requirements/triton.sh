#!/usr/bin/env bash
# Completes the environment that nvidia-pytriton carries Triton in, as its own launcher does: the binary among the
# programs, and beside the Python backend the stub of this Python and numpy.
set -euo pipefail

venv=$1
packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
version=$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
triton=$packages/pytriton/tritonserver

ln -sfn "$triton/bin/tritonserver" "$venv/bin/tritonserver"
ln -sfn "$triton/backends" "$venv/backends"
cp "$triton/python_backend_stubs/$version/triton_python_backend_stub" "$triton/backends/python/"
ln -sfn "$packages/numpy" "$packages/numpy.libs" "$triton/backends/python/"
