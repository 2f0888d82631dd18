# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120 # shares its variables with the other files
# What .NET does: building, running, testing, measuring and packing. Restores and builds happen on the host, programs
# run in the environment of the native libraries.

cli=$artifacts/dotnet/bin/Minilm.Cli/release/Minilm.Cli.dll
benchmarks=$artifacts/dotnet/bin/Minilm.Benchmarks/release/Minilm.Benchmarks.dll
managed_sources=(src assets Directory.Build.props Directory.Packages.props global.json .editorconfig)

# build_managed NAME PATH - a project or the solution.
build_managed() {
  local stamp=$artifacts/.built-$1
  : >"$stamp.new"
  require_step "build-$1" "Building $1" \
    "$dotnet" build "$2" --configuration Release --nologo --disable-build-servers -tl:off
  mv "$stamp.new" "$stamp"
}

# ensure_built NAME PROJECT ASSEMBLY SOURCE... - builds when a source is newer than the last build.
ensure_built() {
  local name=$1 project=$2 assembly=$3
  shift 3
  [ ! -e "$assembly" ] || newer_than "$artifacts/.built-$name" "$@" || return 0
  lock setup
  if [ ! -e "$assembly" ] || newer_than "$artifacts/.built-$name" "$@"; then
    build_managed "$name" "$project"
  fi
  unlock setup
}

run_cli() {
  find_dotnet
  ensure_native
  ensure_built Minilm.Cli src/Minilm.Cli "$cli" "${managed_sources[@]}"
  find_entry
  export DOTNET_ROOT=$dotnet_root
  exec ${entry[@]+"${entry[@]}"} "$dotnet" "$cli" "$@"
}

# What builds and tests start must not outlive them, and the SDK's libicu may not be where they run.
prepare_sdk_environment() {
  export DOTNET_ROOT=$dotnet_root PATH=$dotnet_root:$PATH
  export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
  [ "$provider" != sysroot ] || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
}

run_tests() {
  local filter=() project name results=$artifacts/test-results status=0
  local total=0 executed=0 passed=0 all_passed=0 all_failed=0 all_skipped=0
  case $#:${1-} in
    0:* | 1:[!-]*) ;;
    *) die "test takes one filter, such as 'test FullyQualifiedName~Gguf'" ;;
  esac
  [ $# -eq 0 ] || filter=(--filter "$1")
  find_dotnet
  lock test # coverage rewrites the assemblies under test, and a build would do so while they run
  ensure_native
  announce_native
  lock setup
  build_managed solution Minilm.sln
  unlock setup

  find_entry
  prepare_sdk_environment
  rm -rf "$results"
  for project in "$root"/tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    step "test-$name" "Testing $name" ${entry[@]+"${entry[@]}"} "$dotnet" test "$project" --no-build --nologo -tl:off \
      --configuration Release --results-directory "$results/$name" \
      --settings tests/coverage.runsettings --collect "XPlat Code Coverage" \
      --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=normal" \
      --blame-hang-timeout 5m --blame-hang-dump-type none \
      ${filter[@]+"${filter[@]}"} && status=0 || status=$?
    read -r total executed passed <<<"$(count_tests "$results/$name/$name.trx")"
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + executed - passed))
    all_skipped=$((all_skipped + total - executed))
    if [ "$status" -ne 0 ]; then
      show_failure 60
      if [ "$executed" -eq "$passed" ]; then
        say "$name did not end well (exit code $status), though no test failed: counted as one failure"
        all_failed=$((all_failed + 1))
      fi
    fi
  done
  unlock test

  report_coverage "$results"
  [ $((all_passed + all_failed)) -gt 0 ] || say "No test ran"
  printf '%d passed, %d failed, %d skipped\n' "$all_passed" "$all_failed" "$all_skipped"
  [ "$all_failed" -eq 0 ] && [ "$all_passed" -gt 0 ]
}

# Prints the tests of a result file: how many there are, were run, passed.
count_tests() {
  local counters
  counters=$(grep -o '<Counters [^>]*>' "$1" 2>/dev/null) || counters='total="0" executed="0" passed="0"'
  sed -E 's/.*total="([0-9]+)".*executed="([0-9]+)".*passed="([0-9]+)".*/\1 \2 \3/' <<<"$counters"
}

# A line for each assembly of src/: a source line is covered when any test project runs it.
report_coverage() {
  local reports assembly
  reports=$(find "$1" -name coverage.cobertura.xml 2>/dev/null) || return 0
  [ -n "$reports" ] || return 0
  for assembly in "$root"/src/*/; do
    tr '\n' '\0' <<<"$reports" | xargs -0 awk -v assembly="$(basename "$assembly")" -f "$root/scripts/coverage.awk"
  done
}

run_benchmarks() {
  find_dotnet
  ensure_native
  announce_native
  ensure_built Minilm.Cli src/Minilm.Cli "$cli" "${managed_sources[@]}"
  ensure_built Minilm.Benchmarks benchmarks/Minilm.Benchmarks "$benchmarks" benchmarks "${managed_sources[@]}"
  find_entry
  prepare_sdk_environment
  case ${1-} in
    native)
      shift
      compare_with_llama_bench "$@"
      ;;
    companion) exec ${entry[@]+"${entry[@]}"} "$dotnet" "$benchmarks" "$@" --root "$root" ;;
    deadline | depth | dialogs) exec ${entry[@]+"${entry[@]}"} "$dotnet" "$benchmarks" "$@" ;;
    *)
      exec ${entry[@]+"${entry[@]}"} "$dotnet" "$benchmarks" \
        --filter "${1-*}" --artifacts "$artifacts/benchmarks" "${@:2}"
      ;;
  esac
}

# The benchmarks program does the comparing. Here its defaults are found: the other tool and a small model.
compare_with_llama_bench() {
  local word model='' tool='' folder default=''
  for word; do
    case $word in
      --model | --model=*) model=given ;;
      --llama-bench | --llama-bench=*) tool=given ;;
    esac
  done
  if [ -z "$tool" ]; then
    MINILM_LLAMA_BENCH=${MINILM_LLAMA_BENCH-$(${entry[@]+"${entry[@]}"} sh -c 'command -v llama-bench')} || die \
      "llama-bench is not installed: name it with --llama-bench PROGRAM (Debian's package llama.cpp-tools has it; the provider submodule builds libraries only)"
    export MINILM_LLAMA_BENCH
  fi
  if [ -z "$model" ]; then
    # Where the tests look too.
    for folder in ${MINILM_SHARED:+"$MINILM_SHARED" "$MINILM_SHARED/data"} "$root/../shared/data"; do
      [ -n "$default" ] || [ ! -r "$folder/models/stories260K.gguf" ] || default=$folder/models/stories260K.gguf
    done
    [ -n "$default" ] || die "there is no models/stories260K.gguf in MINILM_SHARED or ../shared/data: name a model with --model FILE"
    set -- --model "$default" "$@"
  fi
  export MINILM_CLI=$cli
  exec ${entry[@]+"${entry[@]}"} "$dotnet" "$benchmarks" native "$@"
}

make_packages() {
  local content=$artifacts/package-content folder name project packed=''
  [ $# -eq 0 ] || die "pack does not know '$1'"
  find_dotnet
  rm -rf "$content" "$artifacts/packages"
  mkdir -p "$content/licenses"
  for folder in "$artifacts"/native/*/; do
    [ -f "$folder/provider.txt" ] || continue
    name=$(basename "$folder")
    if grep -q '^provider=submodule' "$folder/provider.txt" && grep -q '^portable=ON' "$folder/provider.txt"; then
      mkdir -p "$content/runtimes/$name/native"
      find "$folder" -maxdepth 1 -type f \( -name '*.so*' -o -name '*.dylib' -o -name '*.dll' \) \
        -exec cp {} "$content/runtimes/$name/native/" \;
      cp "$folder/llama.cpp-LICENSE.txt" "$content/licenses/"
      packed="$packed $name"
    else
      say "Not packed: artifacts/native/$name, which works on this machine only. './build.sh native --llama=submodule --portable' makes libraries that travel"
    fi
  done
  say "Native libraries in the package:${packed:- none}"
  lock setup
  for project in "$root"/src/*/*.csproj; do
    name=$(basename "$project" .csproj)
    require_step "pack-$name" "Packing $name" "$dotnet" pack "$project" --configuration Release --nologo \
      --disable-build-servers -tl:off --output "$artifacts/packages" "-p:MinilmPackageContent=$content/"
  done
  unlock setup
  find "$artifacts/packages" -name '*.nupkg' | sort
}

# Whether something is mounted at or below a folder. The kernel writes blanks in paths as octal numbers.
is_mounted_below() {
  local path folder
  folder=$(cd -P "$1" && pwd)
  [ -r /proc/self/mountinfo ] || return 1
  while read -r _ _ _ _ path _; do
    path=$(printf '%b' "${path//\\/\\0}")
    case $path/ in "$folder"/*) return 0 ;; esac
  done </proc/self/mountinfo
  return 1
}

clean() {
  [ $# -eq 0 ] || die "clean does not know '$1'"
  [ -d "$artifacts" ] || return 0
  lock test
  lock setup
  ! is_mounted_below "$artifacts" || die "something is mounted in $artifacts: nothing was removed"
  say "Removing artifacts/"
  [ ! -d "$sysroot" ] || remove_root "$sysroot"
  rm -rf "$artifacts"
}
