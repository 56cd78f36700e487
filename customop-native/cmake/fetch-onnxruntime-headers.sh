#!/bin/sh
# Puts ONNX Runtime's C API headers into DIR (argument 1), from Debian's libonnxruntime-dev.
#
# The package is taken from the mirror this machine's apt already uses. A release that lacks it
# (Debian 12) reads the newer suite through a private package list under DIR, so the system's own
# apt state is never touched and root is not needed.
set -eu

dir=${1:?usage: fetch-onnxruntime-headers.sh DIR}
package=libonnxruntime-dev
newer_suite=trixie

fail() {
  echo "fetch-onnxruntime-headers: $*" >&2
  echo "Give the headers yourself: cmake -DORTNCE_ORT_INCLUDE_DIR=<folder of onnxruntime_c_api.h>," >&2
  echo "or ORTNCE_ORT_INCLUDE_DIR=<folder> in the environment of mvn." >&2
  exit 1
}

find "$dir/include" -name onnxruntime_c_api.h 2>/dev/null | grep -q . && exit 0

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
  fail "no apt-get and dpkg-deb here, and no onnxruntime_c_api.h in the system include path"

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
work=$dir/apt
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"

mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(SUITE)' 'Created-By: Packages' |
  awk '$3 == "main" && $2 !~ /-(security|updates|backports)$/ && $1 !~ /security/ { print $1; exit }')
[ -n "$mirror" ] ||
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    awk '$1 == "URIs:" && $2 !~ /security/ { print $2; exit }
         $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^[a-z+]+:\/\// && $i !~ /security/) { print $i; exit } }')
[ -n "$mirror" ] || fail "found no Debian mirror in this machine's apt sources"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || fail "no $keyring to verify packages with (package debian-archive-keyring)"
echo "deb [signed-by=$keyring] $mirror $newer_suite main" >"$work/sources.list"

private_apt() {
  apt-get -q \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none -o Acquire::Retries=3 "$@"
}

echo "Fetching ONNX Runtime's headers: $package of Debian $newer_suite" >&2
private_apt update >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; fail "reading the package list failed"; }
(cd "$work" && private_apt download "$package") >>"$work/log" 2>&1 ||
  { tail -n 5 "$work/log" >&2; fail "downloading $package failed"; }

dpkg-deb -x "$work/$package"_*.deb "$work/unpacked"
header=$(find "$work/unpacked" -name onnxruntime_c_api.h | head -n 1)
[ -n "$header" ] || fail "$package holds no onnxruntime_c_api.h"
mkdir -p "$dir/include.new"
cp "$(dirname "$header")"/onnxruntime_*.h "$dir/include.new/"
rm -rf "$dir/include" "$work"
mv "$dir/include.new" "$dir/include"
