#!/bin/sh
# Builds the native library into target/native/<os-arch>/, or builds and runs its tests.
# usage: build.sh library|test
set -eu

cd "$(dirname "$0")"
goal=${1:-library}

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) os_arch=linux-x64 ;;
  Linux-aarch64) os_arch=linux-aarch64 ;;
  *)
    echo "customop-native: no native library for $(uname -s) $(uname -m); linux x86_64 and aarch64 are supported" >&2
    exit 1
    ;;
esac

../tools/setup native
build=target/cmake
generator=
command -v ninja >/dev/null && generator="-G Ninja"

case $goal in
  library)
    # shellcheck disable=SC2086 # the generator is two words
    [ -f $build/CMakeCache.txt ] || cmake -S . -B $build $generator -DCMAKE_BUILD_TYPE=Release
    cmake --build $build --target ortnce --parallel
    mkdir -p target/native/$os_arch
    cp $build/libortnce.so target/native/$os_arch/libortnce.so.new
    mv target/native/$os_arch/libortnce.so.new target/native/$os_arch/libortnce.so
    (cd target/native/$os_arch && sha256sum libortnce.so >libortnce.so.sha256)
    ;;
  test)
    ../tools/setup native-test
    cmake -S . -B $build -DORTNCE_TESTS=ON >/dev/null
    cmake --build $build --parallel
    ctest --test-dir $build --output-on-failure --no-tests=error
    ;;
  *)
    echo "usage: build.sh library|test" >&2
    exit 2
    ;;
esac
