#!/bin/sh
# Checks what ptxas reported when the kernels were compiled: every kernel of every architecture keeps its
# numbers in registers, at most so many a thread, and no instruction of compute capability 9.0 is made slow.
# usage: check_cuda_resources.sh ARCHITECTURES REGISTERS OBJECT...
set -eu

architectures=$1
registers=$2
shift 2
for object; do
  [ -r "$object.resources" ] || { echo "$object.resources is not there" >&2; exit 1; }
done

for object; do cat "$object.resources"; done | awk -v architectures="$architectures" -v most="$registers" '
  /Compiling entry function/ {
    split($0, quoted, "\047")
    kernel = quoted[2] " for " quoted[4]
    ++kernels
    ++compiled[quoted[4]]
  }
  /\(C75[0-9][0-9]\)/ { # setmaxnreg ignored, products of warpgroups one after the other
    print
    failed = 1
  }
  /bytes stack frame/ && ($1 > 0 || $5 > 0 || $9 > 0) {
    print kernel ": " $0
    failed = 1
  }
  /Used [0-9]+ registers/ {
    for (i = 1; i < NF; ++i) if ($i == "Used") registers = $(i + 1)
    ++reported
    if (registers > most) {
      print kernel ": " registers " registers, expected at most " most
      failed = 1
    }
  }
  END {
    if (kernels == 0 || kernels != reported) {
      print kernels + 0 " kernels, " reported + 0 " reports"
      failed = 1
    }
    count = split(architectures, names, ",")
    for (i = 1; i <= count; ++i) {
      if (names[i] ~ /-virtual$/) continue
      name = names[i]
      sub(/-real$/, "", name)
      if (!compiled["sm_" name]) {
        print "no kernel for sm_" name
        failed = 1
      }
    }
    exit failed
  }' >&2
