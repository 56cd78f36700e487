#!/bin/sh
# Runs nvcc and keeps what ptxas says about the resources of kernels beside the object, in OBJECT.resources.
# usage: keep-resource-report.sh NVCC ARGUMENT...
set -u

object=
previous=
for argument; do
  [ "$previous" = -o ] && object=$argument
  previous=$argument
done
[ -n "$object" ] || exec "$@"

code=0
"$@" 2>"$object.resources" || code=$?
grep -vE '^ptxas info|bytes stack frame|^$' "$object.resources" >&2
exit $code
