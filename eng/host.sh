# shellcheck shell=bash disable=SC2154,SC2034 # shares its variables with the files that source it
# What machine this is, and messages. They go to standard error: standard output is the program's.

artifacts=$root/artifacts

say() {
  if [ -t 2 ] && [ -z "${NO_COLOR-}" ]; then printf '\e[1m%s\e[0m\n' "$*" >&2; else printf '%s\n' "$*" >&2; fi
}

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

misuse() {
  printf "error: %s; './build.sh help' lists the commands\n" "$*" >&2
  exit 2
}

# Sets rid, .NET's name of this machine, as cmake/rid.cmake does.
find_rid() {
  case ${OSTYPE%%[-0-9]*}-$HOSTTYPE in
    linux-x86_64)
      rid=linux-x64 # without starting a program: this is on the way to every run
      return
      ;;
  esac
  case $(uname -sm) in
    Linux\ x86_64) rid=linux-x64 ;;
    Linux\ aarch64) rid=linux-arm64 ;;
    Darwin\ arm64) rid=osx-arm64 ;;
    Darwin\ x86_64) rid=osx-x64 ;;
    MINGW*\ x86_64 | MSYS*\ x86_64) rid=win-x64 ;;
    *) rid=unknown ;;
  esac
}

# Sets dotnet, the program, and dotnet_root, its folder. The program on the PATH may be a link or a wrapper.
find_dotnet() {
  dotnet=$(command -v dotnet) || die "the .NET SDK is not installed: there is no 'dotnet' on the PATH"
  if [ -n "${HOME-}" ] && [ ! -w "$HOME" ] && [ -z "${DOTNET_CLI_HOME-}" ]; then
    export DOTNET_CLI_HOME=$artifacts/home # containers give users a home that is not theirs; the SDK must write in one
  fi
  if [ "${rid%%-*}" = win ]; then
    dotnet_root=$(dirname "$dotnet")
    return
  fi
  dotnet=$(readlink -f "$dotnet")
  dotnet_root=${dotnet%/*}
  if [ ! -d "$dotnet_root/host/fxr" ]; then
    dotnet_root=$("$dotnet" --list-runtimes </dev/null | sed -n 's|^Microsoft.NETCore.App .*\[\(.*\)/shared/.*|\1|p' | tail -n 1)
    dotnet=$dotnet_root/dotnet
    [ -x "$dotnet" ] || die "the folder of the .NET SDK could not be found from $(command -v dotnet)"
  fi
}

find_rid
native=$artifacts/native/$rid
sysroot=$artifacts/sysroot/root

# Sets provider, the source of libllama that the libraries were built with.
read_provider() {
  local key value
  provider=''
  [ -f "$native/provider.txt" ] || return 1
  while IFS='=' read -r key value; do
    [ "$key" != provider ] || provider=${value%$'\r'}
  done <"$native/provider.txt"
}
