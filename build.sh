#!/usr/bin/env bash
# The one door of this repository; './build.sh help' lists the commands. Runs with bash 3.2 and later (macOS), from any
# folder. 'run' and 'exec' start from here when nothing changed since the last build; the program in eng/ does the rest.
set -euo pipefail

source_file=${BASH_SOURCE[0]}
while [ -L "$source_file" ]; do
  link=$(readlink "$source_file")
  case $link in
    /*) source_file=$link ;;
    *) source_file=$(dirname "$source_file")/$link ;;
  esac
done
case $source_file in */*) ;; *) source_file=./$source_file ;; esac
root=$(cd -P "${source_file%/*}" >/dev/null && { pwd -W 2>/dev/null || pwd; }) # -W: Git Bash's Windows form

# shellcheck source=eng/host.sh
. "$root/eng/host.sh"
# shellcheck source=eng/enter.sh
. "$root/eng/enter.sh"

native_sources=(CMakeLists.txt cmake native)
managed_sources=(src assets Directory.Build.props Directory.Packages.props global.json .editorconfig)
cli=$artifacts/dotnet/bin/Minilm.Cli/release/Minilm.Cli.dll

verbose=''
if [ "${1-}" = -v ]; then
  verbose=1
  shift
fi
command=${1-help}
[ $# -eq 0 ] || shift
if [ "${1-}" = -v ]; then
  verbose=1
  shift
fi

# is_current NAME SOURCE... - whether NAME (native, run) was made after its sources changed last. The program in eng/
# leaves the stamp, with the time at which it began.
is_current() {
  local stamp=$artifacts/.made-$1 git=$root/third_party/llama.cpp/.git path paths=()
  shift
  read_provider && [ -e "$stamp" ] || return 1
  for path; do paths+=("$root/$path"); done
  case $provider in
    sysroot) [ -d "$sysroot" ] || return 1 ;;
    submodule) # git writes these files when the commit changes
      if [ -f "$git" ]; then
        read -r _ path <"$git"
        case $path in /* | ?:*) git=$path ;; *) git=${git%.git}$path ;; esac
      fi
      for path in "$git/HEAD" "$git/logs/HEAD"; do [ ! -f "$path" ] || paths+=("$path"); done
      ;;
  esac
  [ -z "$(find "${paths[@]}" -newer "$stamp" -print 2>&1)" ]
}

# Calls the program in eng/, which is built into a folder of its own for each state of its sources: first in a folder
# of this process, so that two that build it at once do not meet.
eng() {
  local sum folder new
  sum=$(cat "$root"/eng/*.cs* "$root"/Directory.*.props "$root/global.json" | cksum)
  folder=$artifacts/eng/${sum/ /-}
  if [ ! -d "$folder" ]; then
    new=$artifacts/eng/.new-$$
    mkdir -p "$artifacts/eng" "$artifacts/logs"
    say "Building eng"
    "$dotnet" build "$root/eng" --configuration Release --nologo --disable-build-servers -tl:off \
      "-p:ArtifactsPath=$new" -p:RunAnalyzers=false </dev/null >"$artifacts/logs/eng.log" 2>&1 || {
      tail -n 30 "$artifacts/logs/eng.log" >&2
      die "eng could not be built: the whole log is $artifacts/logs/eng.log"
    }
    mv "$new/bin/Minilm.Build/release" "$folder" 2>/dev/null || [ -d "$folder" ]
    rm -rf "$new"
  fi
  "$dotnet" "$folder/Minilm.Build.dll" "$root" ${verbose:+-v} "$@"
}

# Makes NAME unless it is current, and leaves the libraries' provider in $provider.
require_current() {
  is_current "$@" || {
    eng make "$1" </dev/null >&2
    read_provider
  }
}

case ${1-} in
  -h | --help)
    case $command in
      test | bench | exec | native | pack | clean) command=help ;; # the others have a help of their own
    esac
    ;;
esac

case $command in
  run | demo)
    find_dotnet
    [ "$command" = run ] || set -- demo "$@"
    [ "${1-}" != -- ] || shift
    [ -e "$cli" ] || rm -f "$artifacts/.made-run"
    require_current run "${native_sources[@]}" "${managed_sources[@]}"
    enter "$dotnet" "$cli" "$@"
    ;;
  exec)
    [ "${1-}" != -- ] || shift
    [ $# -gt 0 ] || misuse "exec needs a command, such as 'exec -- dotnet test'"
    find_dotnet
    require_current native "${native_sources[@]}"
    enter_with_sdk "$@"
    ;;
  test | bench | companion | native | pack)
    find_dotnet
    eng "$command" "$@"
    ;;
  clean)
    [ $# -eq 0 ] || misuse "clean does not know '$1'"
    [ -d "$artifacts" ] || exit 0
    find_dotnet
    eng clean
    rm -rf "$artifacts" # what is left: the program that has just run
    ;;
  help | -h | --help) cat "$root/eng/help.txt" ;;
  *) misuse "unknown command '$command'" ;;
esac
