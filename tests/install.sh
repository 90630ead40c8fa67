#!/usr/bin/env bash
# Installs what the tests and the quickstart run, and only what is missing: Debian packages, npm packages, dotnet tools.
#   tests/install.sh           everything the tests run
#   tests/install.sh daemon    what the daemon, its command line and deploy/quickstart.sh run
# Needs Debian 12 or later, the .NET 10 SDK, and root or sudo if a Debian package is missing. May run any number of times.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
what="${1:-tests}"

die() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

# Debian packages by what needs them.
daemon_packages=(
  ca-certificates   # TLS roots for the package clients
  jq                # the scripts read JSON answers with it
  libsecp256k1-1    # signatures of session keys and checks of primary keys' signatures
  libsodium23       # Ed25519: checks of approvers' signatures
  openssh-client    # ssh-keygen: approvals as officers sign them
  openssl           # certificates that the scripts show and check
  softhsm2          # the PKCS#11 token
)
test_packages=(
  gcc               # compiles the PKCS#11 module that fails on purpose
  gdb               # gcore: core images that are searched for session keys
  libc6-dev         # its headers
  opensc            # pkcs11-tool: an independent look at the token
  procps            # processes that the tests start and end
  python3-grpcio    # a foreign gRPC stack
  python3-protobuf  # its messages
  strace            # faults injected into system calls
)

case "$what" in
daemon) packages=("${daemon_packages[@]}") ;;
tests) packages=("${daemon_packages[@]}" "${test_packages[@]}") ;;
*) die "unknown argument '$what'; give 'daemon', 'tests' or nothing" ;;
esac

# Any node and npm will do that are new enough, so Debian's are installed only if there is none.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

is_installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "root or sudo is needed to install Debian packages: ${missing[*]}"
  fi
}

install_debian_packages() {
  command -v dpkg-query >/dev/null || die 'this is not Debian (no dpkg-query); install by hand: '"${packages[*]}"
  missing=()
  for package in "${packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]} == 0)) && return
  printf 'install: Debian packages: %s\n' "${missing[*]}"
  as_root apt-get update -qq || die 'apt-get update failed; see its message above'
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}"
}

check_dotnet() {
  command -v dotnet >/dev/null || die 'the .NET 10 SDK is missing: no dotnet on the PATH'
  dotnet --list-sdks | grep -q '^10\.' || die "the .NET 10 SDK is missing; found: $(dotnet --list-sdks | tr '\n' ' ')"
}

check_node() {
  local major
  major="$(node --version | sed 's/^v\([0-9]*\).*/\1/')"
  ((major >= 18)) || die "node 18 or later is needed; found $(node --version)"
}

# `npm ci` deletes and lays the modules anew, so it runs only when the lock file has changed since the last time.
install_npm_packages() {
  cd "$root/tests/Interop"
  local stamp=node_modules/.installed-from
  if [[ -f "$stamp" ]] && sha256sum --check --status "$stamp" 2>/dev/null; then
    return
  fi
  printf 'install: npm packages\n'
  # --force: Debian's node is older than what the package of the Ethereum node asks for, which is a program that needs none.
  npm ci --force --ignore-scripts --no-audit --no-fund --loglevel=error || die 'npm ci failed; see its message above'
  # buf's package for one platform declares no command; give it one beside the others.
  local buf=(node_modules/@bufbuild/buf-linux-*/bin/buf)
  [[ -x "${buf[0]}" ]] || die "there is no buf for this platform ($(uname -m))"
  ln -sf "../../${buf[0]}" node_modules/.bin/buf
  sha256sum package.json package-lock.json >"$stamp"
}

check_anvil() {
  "$root/tests/Interop/node_modules/.bin/anvil" --version >/dev/null ||
    die "the Ethereum node (anvil) does not run on this platform ($(uname -m))"
}

install_dotnet_tools() {
  cd "$root"
  dotnet tool restore >/dev/null || die 'dotnet tool restore failed'
}

install_debian_packages
check_dotnet
check_node
install_npm_packages
if [[ "$what" == tests ]]; then
  check_anvil
  install_dotnet_tools
fi
