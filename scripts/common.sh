# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120 # shares its variables with the other files
# Messages, logs, locks and what machine this is. Messages go to standard error: standard output is the program's.

logs=$artifacts/logs

if [ -t 2 ] && [ -z "${NO_COLOR-}" ]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
fi

say() {
  printf '%s%s%s\n' "$bold" "$*" "$plain" >&2
}

die() {
  printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2
  exit 1
}

# step NAME TEXT COMMAND... - runs the command in the repository with its output in artifacts/logs/NAME.log.
step() {
  local log=$logs/$1.log text=$2 status=0
  shift 2
  say "$text"
  mkdir -p "$logs"
  if [ -n "$verbose" ]; then
    (cd "$root" && "$@") </dev/null 2>&1 8>&- 9>&- | tee "$log" >&2 || status=$?
  else
    (cd "$root" && "$@") </dev/null >"$log" 2>&1 8>&- 9>&- || status=$?
  fi
  [ "$status" -eq 0 ] || failed_log=$log
  return "$status"
}

# Shows the end of the log of the step that failed last.
show_failure() {
  [ -n "${failed_log-}" ] || return 0
  [ -n "$verbose" ] || tail -n "${1-30}" "$failed_log" >&2
  printf '%sfailed:%s the whole log is %s\n' "$red" "$plain" "$failed_log" >&2
}

require_step() {
  step "$@" || {
    show_failure
    exit 1
  }
}

# lock NAME - waits until no other process holds NAME: setup, or test, which comes first where both are taken. Held until
# unlock or the end of this process.
held=''
lock() {
  local file=$artifacts/.$1.lock
  mkdir -p "$artifacts"
  if ! command -v flock >/dev/null; then
    lock_folder "$1" "$file.d"
  elif [ "$1" = test ]; then
    lock_file "$file" 8
  else
    lock_file "$file" 9
  fi
}

# unlock NAME
unlock() {
  if ! command -v flock >/dev/null; then
    held=${held/ $1/}
    rm -rf "$artifacts/.$1.lock.d"
  elif [ "$1" = test ]; then
    exec 8>&-
  else
    exec 9>&-
  fi
}

# lock_file FILE DESCRIPTOR
lock_file() {
  while :; do
    eval "exec $2>\"\$1\""
    flock -n "$2" || {
      say "Waiting for another build.sh in this folder"
      flock "$2"
    }
    [ ! "$1" -ef "/dev/fd/$2" ] || break # else 'clean' has removed it meanwhile
  done
}

# lock_folder NAME FOLDER - where there is no flock: macOS, Git Bash.
lock_folder() {
  local waits=0
  until mkdir "$2" 2>/dev/null; do
    mkdir -p "$artifacts" # 'clean' may have removed it
    [ -w "$artifacts" ] || die "$artifacts is not writable"
    kill -0 "$(cat "$2/pid" 2>/dev/null || echo $$)" 2>/dev/null || rm -rf "$2" # of a process that was killed
    waits=$((waits + 1))
    [ $waits -ne 5 ] || say "Waiting for another build.sh in this folder"
    sleep 0.2
  done
  echo $$ >"$2/pid"
  held="$held $1"
  trap 'for name in $held; do rm -rf "$artifacts/.$name.lock.d"; done' EXIT
}

# newer_than FILE PATH... - whether anything at or below the paths was changed after the file was.
newer_than() {
  local stamp=$1 path
  local paths=()
  shift
  [ -e "$stamp" ] || return 0
  for path; do
    [ ! -e "$root/$path" ] || paths+=("$root/$path")
  done
  [ -n "$(find "${paths[@]}" -newer "$stamp" -print)" ]
}

# bounded SECONDS COMMAND... - macOS has no timeout.
bounded() {
  if timeout --foreground 1 true 2>/dev/null; then
    timeout --foreground "$@" # in our process group, where Ctrl-C is heard
  elif command -v timeout >/dev/null; then
    timeout "$@"
  else
    perl -e 'alarm shift; exec @ARGV' "$@"
  fi
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

processors() {
  getconf _NPROCESSORS_ONLN 2>/dev/null || echo "${NUMBER_OF_PROCESSORS-1}"
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
