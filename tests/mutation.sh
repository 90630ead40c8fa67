#!/usr/bin/env bash
# Mutation testing of the scope engine and the budgets: changes them in thousands of ways, and wants the tests to notice.
#   tests/mutation.sh                   everything; 47 minutes on two cores
#   tests/mutation.sh 'Budgets/**/*.cs' only the files that match, relative to src/SessionSigner.Core
# Exits non-zero if fewer than 85 of 100 changes are noticed. The report lies in tests/SessionSigner.Core.Tests/StrykerOutput.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
tests/install.sh
cd tests/SessionSigner.Core.Tests
arguments=(--concurrency "$(nproc)")
for files in "$@"; do
  arguments+=(--mutate "$files")
done
exec dotnet stryker "${arguments[@]}"
