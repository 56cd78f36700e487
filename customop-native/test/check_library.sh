#!/bin/sh
# Checks what the built library asks of its host and shows to it: one exported symbol, no library
# but libc and libm, no symbol newer than glibc 2.28, no libstdc++ symbol, never unloaded.
# usage: check_library.sh LIBRARY
set -eu

library=$1
failed=0

fail() {
  echo "$library: $1" >&2
  failed=1
}

dynamic=$(readelf --dynamic --wide "$library")
symbols=$(readelf --dyn-syms --wide "$library")

# readelf: number value size type binding visibility index name[@version]
exported=$(echo "$symbols" | awk '$1 ~ /^[0-9]+:$/ && $5 != "LOCAL" && $7 != "UND" && $8 != "" { print $8 }')
[ "$exported" = RegisterCustomOps ] || fail "exports [$(echo $exported)], expected RegisterCustomOps alone"

needed=$(echo "$dynamic" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ -n "$needed" ] || fail "readelf shows no NEEDED library: the check is broken"
for name in $needed; do
  case $name in
    # Before glibc 2.34, threads, dlopen and shared memory had libraries of their own.
    libc.so.6 | libm.so.6 | libpthread.so.0 | libdl.so.2 | librt.so.1 | ld-linux-x86-64.so.2 | ld-linux-aarch64.so.1) ;;
    *) fail "needs $name, expected libc and libm alone" ;;
  esac
done

versions=$(readelf --version-info --wide "$library" | sed -n 's/.* Name: \([A-Z][A-Za-z0-9_.]*\) .*/\1/p' | sort -u)
[ -n "$versions" ] || fail "readelf shows no symbol version: the check is broken"
for version in $versions; do
  case $version in
    GLIBC_[0-9]*)
      newest=$(printf '%s\nGLIBC_2.28\n' "$version" | sort -V | tail -n 1)
      [ "$newest" = GLIBC_2.28 ] || fail "needs $version, expected at most GLIBC_2.28:
$(echo "$symbols" | grep -F "@$version")"
      ;;
    *) fail "needs the symbol version $version, expected glibc's alone" ;;
  esac
done

echo "$dynamic" | grep -q 'FLAGS_1.*NODELETE' || fail "lacks the NODELETE flag"
echo "$dynamic" | grep -q '(TEXTREL)' && fail "has text relocations"

exit $failed
