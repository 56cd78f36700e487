#!/bin/sh
# Checks what may know what: kernels, sampling and platform never see ONNX Runtime or the glue, and
# the code of one instruction-set level shares no inline function with any other unit. The linker
# keeps one copy of an inline function: maybe the one with instructions this processor lacks. No
# other unit holds AVX instructions.
# usage: check_layers.sh SOURCE_DIR OBJECT...
set -eu

sources=$1
shift
failed=0

fail() {
  echo "$1" >&2
  failed=1
}

cd "$sources"
[ -d kernels ] && [ -d sampling ] && [ -d platform ] || fail "$sources is not the source folder"

found=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<](onnxruntime|ops/|[^">]*/onnxruntime)' \
  kernels sampling platform || true)
[ -z "$found" ] || fail "the layers below ops include it or ONNX Runtime:
$found"
found=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]sampling/' kernels platform || true)
[ -z "$found" ] || fail "kernels and platform know no sampling:
$found"

# Every header that the code of a level includes, directly or not.
seen=
queue=$(ls kernels/cpu/*-inl.h kernels/cpu/*_block_*.cpp sampling/cpu/*-inl.h sampling/cpu/*_avx*.cpp)
while [ -n "$queue" ]; do
  file=${queue%%
*}
  queue=$(echo "$queue" | tail -n +2)
  case " $seen " in *" $file "*) continue ;; esac
  seen="$seen $file"
  allowed='cstdint'
  case $file in
    sampling/cpu/*-inl.h) allowed='cstdint|immintrin.h' ;; # intrinsics are inlined or nothing
    *-inl.h | *.cpp) ;;
    *) allowed='cstdint|cstddef' ;;
  esac
  found=$(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' "$file" | grep -vE "<($allowed)>" || true)
  [ -z "$found" ] || fail "$file: code of one level includes a header with inline code:
$found"
  more=$(sed -nE 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"([^"]*)".*/\1/p' "$file")
  [ -z "$more" ] || queue=$(printf '%s\n%s\n' "$queue" "$more" | sed '/^$/d')
done

levels=0
for object; do
  [ -r "$object" ] || fail "$object is not there; give absolute paths"
  case $object in
    *_block_avx* | *_block_neon*) ;;
    *)
      wide=$(objdump --disassemble --no-show-raw-insn "$object" | grep -E '%[yz]mm' | head -n 3)
      [ -z "$wide" ] || fail "$object holds AVX instructions, and every processor runs it:
$wide"
      continue
      ;;
  esac
  levels=$((levels + 1))
  # Weak functions (W, w), weak objects (V, v) and unique objects (u) are what units share.
  shared=$(nm --defined-only --demangle "$object" | grep -E '^[0-9a-f]+ [WwVvu] ' || true)
  [ -z "$shared" ] || fail "$object defines symbols that other units may get:
$shared"
  others=$(nm --defined-only --demangle --extern-only "$object" | grep -vE ' ortnce::(kernels::cpu::k[A-Za-z0-9]*Kernels|sampling::cpu::k[A-Za-z0-9]*Sampling)$' || true)
  [ -z "$others" ] || fail "$object defines more than its table of kernels:
$others"
done
case "$*" in
  *nce_block_baseline*) ;;
  *) fail "no object of the baseline among the arguments" ;;
esac
case $(uname -m) in
  x86_64) [ $levels -eq 12 ] || fail "$levels objects above the baseline, expected 12" ;;
  aarch64) [ $levels -eq 2 ] || fail "$levels objects above the baseline, expected 2" ;;
esac

exit $failed
