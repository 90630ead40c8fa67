#!/usr/bin/env bash
# Installs what is missing, builds the solution once, checks format and API, runs every test project and sums the results.
#   tests/run.sh               everything, with 100,000 random ABI encodings instead of 4,000
#   tests/run.sh Core.Tests    only the test projects whose name contains an argument; skips the checks of format and API
# Ends with one line "N passed, N failed, N skipped". Exits non-zero on any failure, on any skip (a missing module is a
# failure, not a skip), if no test ran, or if a test project gave no result.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

configuration=Release
results="$root/artifacts/test-results"
project_minutes_max=10
# Projects under tests/ that hold no tests.
not_tests=(Benchmarks)
# Projects that look into the memory of another process, which only root may.
as_root=(Faults)

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1

passed=0
failed=0
skipped=0
faults=()

say() { printf '== %s\n' "$*"; }

fail() {
  faults+=("$*")
  printf '!! %s\n' "$*"
}

# A step that the tests cannot do without.
must() {
  say "$1"
  shift
  "$@" || finish "$* failed"
}

# A check whose failure is reported at the end, after the tests have had their say.
check() {
  local name="$1"
  shift
  say "$name"
  "$@" || fail "$name: $*"
}

finish() {
  [[ $# -gt 0 ]] && fail "$@"
  ((passed + failed > 0)) || fail 'no test ran'
  ((skipped == 0)) || fail "$skipped skipped: what a test needs must be there"
  if ((${#faults[@]} > 0)); then
    printf '\nFaults:\n'
    printf '  %s\n' "${faults[@]}"
  fi
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0 && ${#faults[@]} == 0))
  exit $?
}

restore() {
  if [[ "${CI:-}" == true ]]; then
    dotnet restore SessionSigner.sln --locked-mode -v quiet
  else
    dotnet restore SessionSigner.sln -v quiet
  fi
}

build() {
  dotnet build "$1" --no-restore -c "$configuration" -v quiet -clp:'ErrorsOnly;NoSummary' -nodeReuse:false
}

is_selected() {
  local name="$1"
  shift
  (($# == 0)) && return 0
  for part in "$@"; do
    [[ "$name" == *"$part"* ]] && return 0
  done
  return 1
}

# Adds the counts of one TRX file. What was not executed was skipped; what was executed and has not passed has failed.
count() {
  local trx="$1" name="$2" counters total executed ok
  counters="$(grep -o '<Counters [^>]*' "$trx" | head -n 1 || true)"
  total="$(sed 's/.* total="\([0-9]*\)".*/\1/' <<<"$counters")"
  executed="$(sed 's/.* executed="\([0-9]*\)".*/\1/' <<<"$counters")"
  ok="$(sed 's/.* passed="\([0-9]*\)".*/\1/' <<<"$counters")"
  if ! [[ "$total" =~ ^[0-9]+$ && "$executed" =~ ^[0-9]+$ && "$ok" =~ ^[0-9]+$ ]] || ((total == 0)); then
    fail "$name gave no result"
    return
  fi
  passed=$((passed + ok))
  failed=$((failed + executed - ok))
  skipped=$((skipped + total - executed))
  printf '   %d passed, %d failed, %d skipped, %d s\n' "$ok" "$((executed - ok))" "$((total - executed))" "$SECONDS"
}

run_project() {
  local project="$1" name log status=0
  name="$(basename "$project" .csproj)"
  log="$results/$name.log"
  say "$name"
  SECONDS=0
  local prefix=()
  if [[ " ${as_root[*]} " == *" $name "* && "$(id -u)" != 0 ]]; then
    # sudo has a path of its own, on which dotnet may not be.
    prefix=(sudo -H --preserve-env env "PATH=$PATH")
  fi
  timeout --kill-after=30 "${project_minutes_max}m" "${prefix[@]}" \
    dotnet test "$project" --no-build -c "$configuration" --results-directory "$results" --logger "trx;LogFileName=$name.trx" \
    >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    tail -n 200 "$log"
    ((status == 124 || status == 137)) && fail "$name took longer than $project_minutes_max minutes"
  fi
  if [[ -f "$results/$name.trx" ]]; then
    local failed_before=$failed
    count "$results/$name.trx" "$name"
    if ((status != 0 && failed == failed_before)); then
      fail "$name exited with $status although no test failed"
    fi
  else
    fail "$name gave no result"
  fi
}

rm -rf "$results"
mkdir -p "$results"

must 'install' tests/install.sh
must 'restore' restore
must 'build' build SessionSigner.sln
if (($# == 0)); then
  export INTEROP_CASES="${INTEROP_CASES:-100000}"
  check 'format' dotnet csharpier check .
  check 'API' tests/Interop/node_modules/.bin/buf lint proto
fi

selected=0
for project in tests/*/*.csproj; do
  name="$(basename "$project" .csproj)"
  [[ " ${not_tests[*]} " == *" $name "* ]] && continue
  is_selected "$name" "$@" || continue
  selected=$((selected + 1))
  run_project "$project"
done
((selected > 0)) || fail "no test project is named like: $*"
finish
