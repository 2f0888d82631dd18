#!/usr/bin/env bash
# The one door of this repository. Runs with bash 3.2 and later (macOS), from any folder.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: ./build.sh [-v] COMMAND

  demo                  talk to a character: the shortest way to see something
  run -- ARGS           run the minilm command; its streams and exit code are all you get
  test [FILTER]         build everything, run all tests, report coverage
                        (FILTER: an expression of dotnet test --filter)
  bench [FILTER]        run the benchmarks (default: all)
  bench native [OPTIONS]
                        compare with llama.cpp's own llama-bench, run by run
                        --model FILE, --threads N, --llama-bench PROGRAM, ...
  bench deadline        how far past its deadline a call returns
  bench depth           what the prompt cache and guessed tokens save
  bench companion       how fast the model in the box answers
  bench dialogs         what a dialog costs beside the model, and whether memory grows
  companion train [--size smoke]
                        train the model in the box anew, from its grammar to its evaluation
  companion evaluate MODEL, companion check, ...
                        parts of it: 'companion --help'
  native [OPTIONS]      build the native libraries into artifacts/native/
                        --llama=auto|submodule|system|sysroot   where libllama comes from
                        --portable    CPU variants chosen at run time, for packages (submodule only)
                        -DNAME=VALUE  for CMake, such as -DMINILM_VULKAN=ON
  pack                  make the NuGet packages in artifacts/packages/
  clean                 remove artifacts/
  help                  this text

  -v                    show the output of every step instead of keeping it in artifacts/logs/

Providers of libllama: submodule builds third_party/llama.cpp, system uses an installed package, sysroot makes a
private Debian root with Debian's package in artifacts/sysroot/ and runs programs inside it (Debian, Ubuntu and alike).
auto takes the first of them that works, and the choice is remembered.
USAGE
}

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
artifacts=$root/artifacts

# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"
# shellcheck source=scripts/sysroot.sh
. "$root/scripts/sysroot.sh"
# shellcheck source=scripts/native.sh
. "$root/scripts/native.sh"
# shellcheck source=scripts/managed.sh
. "$root/scripts/managed.sh"
# shellcheck source=scripts/companion.sh
. "$root/scripts/companion.sh"

verbose=
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

case ${1-} in
  -h | --help)
    case $command in
      test | bench | native | pack | clean) command=help ;; # the others have a help of their own
    esac
    ;;
esac

case $command in
  demo) run_cli demo "$@" ;;
  run)
    [ "${1-}" != -- ] || shift
    run_cli "$@"
    ;;
  test) run_tests "$@" ;;
  bench) run_benchmarks "$@" ;;
  companion) run_companion "$@" ;;
  native) make_native "$@" ;;
  pack) make_packages "$@" ;;
  clean) clean "$@" ;;
  help | -h | --help) usage ;;
  *)
    usage >&2
    die "unknown command '$command'"
    ;;
esac
