#!/usr/bin/env bash
# From nothing to an approved policy, a signature, five refusals and a verified log, on this machine, in about two minutes, five if Debian's npm is installed first.
#   deploy/quickstart.sh          runs through and stops the daemon
#   deploy/quickstart.sh --keep   leaves the daemon running and says how to call it
# Everything it makes lies in one temporary folder, which it names; delete it when you are done.
# Exits non-zero if any step is not as expected. Needs the .NET 10 SDK, and root or sudo if a Debian package is missing.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

keep=false
case "${1:-}" in
'') ;;
--keep) keep=true ;;
*)
  printf 'usage: deploy/quickstart.sh [--keep]\n' >&2
  exit 2
  ;;
esac

usdc=0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48
other_contract=0x6B175474E89094C44Da98b954EedeAC495271d0F
recipient=0x70997970C51812dc3A010C7d01b50e0d17dc79C8
audience=exchange.example

bold='' dim='' green='' red='' plain=''
if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
  bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi

step_number=0
step() {
  step_number=$((step_number + 1))
  printf '\n%s%d. %s%s\n' "$bold" "$step_number" "$1" "$plain"
}
note() { printf '   %s%s%s\n' "$dim" "$1" "$plain"; }
ok() { printf '   %s✓%s %s\n' "$green" "$plain" "$1"; }
show() { printf '     %-12s %s\n' "$1" "$2"; }
die() {
  printf '   %s✗ %s%s\n' "$red" "$1" "$plain" >&2
  [[ -s "${state:-}/daemon.log" ]] && printf '\nThe daemon said:\n%s\n' "$(tail -n 20 "$state/daemon.log")" >&2
  exit 1
}

daemon_id=''
stop_daemon() {
  [[ -n "$daemon_id" ]] || return 0
  kill "$daemon_id" 2>/dev/null && wait "$daemon_id" 2>/dev/null
  daemon_id=''
}
trap stop_daemon EXIT

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# ---------------------------------------------------------------------------------------------------------------------
step 'Install what is missing, and build'
tests/install.sh daemon
for project in Server Cli; do
  output="$(dotnet build "src/SessionSigner.$project" -c Release -v quiet -clp:'ErrorsOnly;NoSummary' 2>&1)" ||
    die "src/SessionSigner.$project does not build: $output"
done
sessionsignerd() { dotnet "$root/src/SessionSigner.Server/bin/Release/net10.0/sessionsignerd.dll" "$@"; }
sessionsigner() { dotnet "$root/src/SessionSigner.Cli/bin/Release/net10.0/sessionsigner.dll" "$@"; }
ok 'sessionsignerd (the daemon) and sessionsigner (the command line)'

# ---------------------------------------------------------------------------------------------------------------------
step 'Make a token with a primary key, certificates, a policy, and three officers who decide on it'
# Not below the clone: the daemon refuses files in folders that a group may write, as those of a clone made with umask 002 are.
run="$(mktemp -d -t sessionsigner-quickstart.XXXXXX)"
state="$run/daemon"
officers="$run/officers"
mkdir -p "$officers"
chmod 700 "$run" "$officers"
roster=''
for officer in dora erik fay; do
  # Real officers have security keys: ssh-keygen -t ed25519-sk.
  ssh-keygen -q -t ed25519 -N '' -C "$officer" -f "$officers/$officer" || die 'no key for an officer'
  roster+="${roster:+,}{\"name\":\"$officer\",\"key\":\"$(<"$officers/$officer.pub")\"}"
done
printf '{"version":1,"threshold":2,"time_lock_seconds":0,"approvers":[%s]}' "$roster" >"$officers/roster.json"
port=7443
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
sessionsignerd init --folder "$state" --listen "127.0.0.1:$port" --policy deploy/quickstart/policy.yaml --roster "$officers/roster.json" |
  sed -n '/^[a-z]/s/^/     /p' || die 'init failed'
ok "everything is in $run"
note "The policy is deploy/quickstart/policy.yaml: USDC to two recipients, orders on one exchange,"
note "at most 1,000 USDC each and 2,500 USDC in a session. The configuration names the officers, two of whom it takes."

# ---------------------------------------------------------------------------------------------------------------------
# init has written a profile per role (address, certificates), so that a command names only who speaks.
as() {
  local role="$1"
  shift
  SESSIONSIGNER_PROFILE="$state/$role.profile" sessionsigner "$@"
}

step 'Start the daemon'
DOTNET_EnableDiagnostics=0 dotnet "$root/src/SessionSigner.Server/bin/Release/net10.0/sessionsignerd.dll" \
  --config "$state/sessionsignerd.yaml" >"$state/daemon.log" 2>&1 </dev/null &
daemon_id=$!
for ((attempt = 0; ; attempt++)); do
  as trader health >/dev/null 2>&1 && break
  kill -0 "$daemon_id" 2>/dev/null || die 'the daemon ended'
  ((attempt < 60)) || die 'the daemon is not ready after a minute'
  sleep 0.5
done
ok "listening on 127.0.0.1:$port; mutual TLS only"

# ---------------------------------------------------------------------------------------------------------------------
step 'As the operator, propose the policy; as two of the three officers, approve it'
sessionsignerd policy show "$state/policies/policy.yaml" --json | jq -c .policy >"$run/policy.json" || die 'the policy cannot be read'
as operator policy propose "$run/policy.json" --json >"$run/proposed.json" || die 'the policy was not proposed'
digest="$(jq -r .version.digest "$run/proposed.json")"
show digest "$digest"
as trader session open --policy desk --json >/dev/null 2>"$run/refused.json" && die 'a session opened under a policy that nobody approved'
[[ "$(jq -r .error.denial.reason "$run/refused.json")" == policy_not_active ]] || die "expected policy_not_active, got: $(<"$run/refused.json")"
ok 'refused: a session under a policy that nobody has approved'
show reason policy_not_active
for officer in dora erik; do
  as operator policy activate "$digest" >/dev/null 2>&1 && die 'a policy without a quorum came into force'
  as approver policy review "$digest" --out "$officers/$officer.approval" >/dev/null || die 'nothing to sign'
  ssh-keygen -q -Y sign -f "$officers/$officer" -n sessionsigner-policy@v1 "$officers/$officer.approval" 2>/dev/null || die 'not signed'
  as approver policy approve "$digest" --signature "$officers/$officer.approval.sig" --json >"$run/approved.json" || die 'not approved'
  ok "$officer signed with OpenSSH: $(jq -r '"\(.version.approvals | length) of \(.version.threshold)"' "$run/approved.json")"
done
as operator policy activate "$digest" >/dev/null || die 'the policy was not activated'
ok 'the policy is in force, without a restart'
note 'There is no time lock here, so that you need not wait; for a real desk, give the officers a day to notice.'

# ---------------------------------------------------------------------------------------------------------------------
step 'As the trader, open a session'
as trader session open --policy desk --lifetime 1h --grant-out "$state/grant.json" --json >"$state/session.json" || die 'no session'
session="$(jq -r .session.session_id "$state/session.json")"
show session "$session"
show address "$(jq -r .session.address "$state/session.json")"
show grant "$state/grant.json"
ok 'the primary key in the token signed a grant for a new session key; the client verified it'
sessionsigner grant verify "$state/grant.json" --audience "$audience" >/dev/null || die 'the grant does not verify offline'
ok 'the grant verifies offline, without the daemon'

# ---------------------------------------------------------------------------------------------------------------------
transfer() { # CONTRACT USDC NONCE: an unsigned EIP-1559 transfer as a bot would make it
  node tests/Interop/bots/transfer.mjs "$1" "$recipient" "${2}000000" "$3"
}
remaining() { jq -r '.headroom[] | select(.rule == "ceiling.budgets[usdc]") | .remaining' "$1"; }

step 'Sign a transfer of 1,000 USDC and an order of 1,000 USDC'
transfer "$usdc" 1000 0 | as trader sign tx --session "$session" --json - >"$state/transfer.json" || die 'the transfer was not signed'
show transaction "$(jq -r .transaction_hash "$state/transfer.json")"
show 'budget left' "$(remaining "$state/transfer.json") of 2500000000"
ok 'EIP-1559 transfer signed'
as trader sign typed-data --session "$session" --json deploy/quickstart/order.json >"$state/order.json" || die 'the order was not signed'
show digest "$(jq -r .digest "$state/order.json")"
show 'budget left' "$(remaining "$state/order.json") of 2500000000"
ok 'EIP-712 order signed'
[[ "$(remaining "$state/order.json")" == 500000000 ]] || die 'the budget was not counted'

# ---------------------------------------------------------------------------------------------------------------------
show_denial() { # DENIAL-JSON
  local name value
  for name in reason rule observed limit headroom; do
    value="$(jq -r ".$name // empty" <<<"$1")"
    value="${value#DENIAL_REASON_}"
    [[ "$name" == reason ]] && value="${value,,}"
    [[ -n "$value" ]] && show "$name" "$value"
  done
  return 0
}

refused() { # EXPECTED-REASON WHAT; the unsigned transaction comes from standard input
  local expected="$1" what="$2" answer denial status=0
  answer="$(as trader sign tx --session "$session" --json - 2>&1 >/dev/null)" || status=$?
  denial="$(jq -c '.error.denial // {}' <<<"$answer" 2>/dev/null || true)"
  [[ "$status" == 3 && "$(jq -r .reason <<<"$denial")" == "$expected" ]] || die "$what: expected $expected, got: $answer"
  ok "refused: $what"
  show_denial "$denial"
}

step 'Ask for what the policy forbids'
transfer "$other_contract" 1 1 | refused target_not_allowed 'a transfer of another token'
transfer "$usdc" 1001 1 | refused constraint_unmet 'more than 1,000 USDC at once'
transfer "$usdc" 501 1 | refused budget_exceeded 'more than 2,500 USDC in all'

step 'As the operator, revoke the session; then, as the trader, try again'
as operator session revoke "$session" --reason 'quickstart' >/dev/null || die 'the session was not revoked'
ok 'the session key is wiped'
# This time with buf curl, which knows nothing of this project but its .proto files; the denial is in the error's details.
buf=tests/Interop/node_modules/.bin/buf
unsigned="$(transfer "$usdc" 1 1 | node -e 'process.stdout.write(Buffer.from(require("fs").readFileSync(0, "utf8").trim().slice(2), "hex").toString("base64"))')"
answer="$("$buf" curl --protocol grpc --schema proto --cacert "$state/tls/client-ca.pem" --cert "$state/tls/trader.pem" --key "$state/tls/trader.key" \
  -d "{\"sessionId\": \"$session\", \"requestId\": \"after-revocation\", \"unsignedTransaction\": \"$unsigned\"}" \
  "https://127.0.0.1:$port/sessionsigner.v1.SigningService/SignTransaction" 2>&1)" && die 'a revoked session signed'
denial="$(jq -r '.details[] | select(.type == "sessionsigner.v1.Denial") | .value + "==="[(.value | length) % 4 - 4:]' <<<"$answer" |
  base64 -d 2>/dev/null | "$buf" convert proto --type sessionsigner.v1.Denial --from - --to '-#format=json')" || die "no denial in: $answer"
[[ "$(jq -r .reason <<<"$denial")" == DENIAL_REASON_SESSION_ENDED ]] || die "expected session_ended, got: $denial"
ok 'refused: a transfer after the revocation'
show_denial "$denial"

# ---------------------------------------------------------------------------------------------------------------------
step 'As the auditor, look at custody and verify the log'
as auditor custody | sed 's/^/     /' || die 'no custody report'
as auditor audit list | sed 's/^/     /' || die 'no audit log'
as auditor audit verify | sed 's/^/     /' || die 'the log does not verify'
ok 'every entry is in the tree whose root the daemon states'

# ---------------------------------------------------------------------------------------------------------------------
how_to_call() {
  cat <<TEXT

   The trader, with the command line:
     alias sessionsigner='dotnet $root/src/SessionSigner.Cli/bin/Release/net10.0/sessionsigner.dll'
     export SESSIONSIGNER_PROFILE=$state/trader.profile
     sessionsigner session open --policy desk

   The trader, with nothing of this project:
     $root/tests/Interop/node_modules/.bin/buf curl --protocol grpc --reflect \\
       --cacert $state/tls/client-ca.pem --cert $state/tls/trader.pem --key $state/tls/trader.key \\
       -d '{"policy": "desk", "requestId": "first"}' \\
       https://localhost:$port/sessionsigner.v1.SessionService/OpenSession
TEXT
}

if [[ "$keep" == true ]]; then
  step 'The daemon keeps running'
  disown "$daemon_id"
  show process "$daemon_id (stop it: kill $daemon_id)"
  show log "$state/daemon.log"
  how_to_call
  daemon_id=''
else
  step 'Stop the daemon'
  kill "$daemon_id"
  status=0
  wait "$daemon_id" || status=$?
  daemon_id=''
  ((status == 0)) || die "the daemon ended with $status"
  ok 'every session key is wiped, and the log says so'
fi

cat <<TEXT

${bold}Done.${plain} What to try next:
   deploy/quickstart.sh --keep              keep the daemon and call it yourself
   \$EDITOR deploy/quickstart/policy.yaml    change what the session may sign
   less deploy/config/sessionsignerd.yaml   every option of the daemon
   less deploy/README.md                    how to run it for real
   tests/run.sh                             proof of all of this
   rm -r $run
                                            delete what this run made
TEXT
