#!/bin/sh
# Passes if the command ends with the exit code of a sanitizer's report, and the report says what is expected.
# usage: expect_report.sh TEXT COMMAND...
text=$1
shift
export ASAN_OPTIONS=exitcode=76 UBSAN_OPTIONS=exitcode=76 TSAN_OPTIONS=exitcode=76
report=$("$@" 2>&1)
status=$?
[ $status -eq 76 ] || { echo "exit code $status, expected 76: $report" >&2; exit 1; }
case $report in
  *"$text"*) ;;
  *) echo "no \"$text\" in: $report" >&2; exit 1 ;;
esac
