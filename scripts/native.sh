# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120 # shares its variables with the other files
# Native libraries: where libllama comes from, and the build into artifacts/native/<rid>/.

find_rid
native=$artifacts/native/$rid
native_sources=(CMakeLists.txt cmake native)
submodule=$root/third_party/llama.cpp
unreachable=$artifacts/.submodule-unreachable # remembers that the submodule's host did not answer

# Sets provider, llama and ggml from what was built.
read_native() {
  local key value
  provider='' llama='' ggml=''
  [ -f "$native/provider.txt" ] || return 1
  while IFS='=' read -r key value; do
    value=${value%$'\r'}
    case $key in
      provider) provider=$value ;;
      llama) llama=$value ;;
      ggml) ggml=$value ;;
    esac
  done <"$native/provider.txt"
}

# Git writes its index when all files are there: without one, a checkout was interrupted.
submodule_is_there() {
  local git_folder
  [ -f "$submodule/CMakeLists.txt" ] || return 1
  [ -e "$submodule/.git" ] || return 0
  git_folder=$(git -C "$submodule" rev-parse --absolute-git-dir 2>/dev/null) || return 0
  [ -f "$git_folder/index" ]
}

# Prints nothing for a copy without git, and where git trusts another user only.
submodule_commit() {
  [ ! -e "$submodule/.git" ] || git -C "$submodule" rev-parse HEAD 2>/dev/null || :
}

native_is_fresh() {
  read_native && ! newer_than "$native/.stamp" "${native_sources[@]}" || return 1
  case $provider in
    sysroot) [ -d "$sysroot" ] ;;
    submodule) ! submodule_is_there || [ "$(submodule_commit)" = "$(cat "$native/.stamp")" ] ;;
  esac
}

# After a pull that moves the pin, the files are still those of before; or somebody tries another commit.
note_other_commit() {
  local pinned actual
  pinned=$(git -C "$root" rev-parse :third_party/llama.cpp 2>/dev/null) || return 0
  actual=$(submodule_commit)
  [ "${actual:-$pinned}" = "$pinned" ] ||
    say "Note: third_party/llama.cpp is at ${actual:0:9}, not at ${pinned:0:9} as recorded; 'git submodule update' brings it there"
}

fetch_submodule() {
  local url git=(env GIT_TERMINAL_PROMPT=0 "GIT_SSH_COMMAND=ssh -o BatchMode=yes" git)
  url=$(git -C "$root" config -f "$root/.gitmodules" submodule.third_party/llama.cpp.url 2>/dev/null) || return 1
  step submodule "Looking for llama.cpp's repository" bounded 20 "${git[@]}" ls-remote --exit-code "$url" HEAD &&
    step submodule "Fetching the submodule third_party/llama.cpp" \
      bounded 900 "${git[@]}" submodule update --init --force --depth 1 third_party/llama.cpp &&
    submodule_is_there && rm -f "$unreachable" && return
  : >"$unreachable"
  return 1
}

# build_native PROVIDER [CMAKE-OPTION...] - a failure is left to the caller to show.
build_native() {
  local name=$1 build=$artifacts/cmake/$rid-$1 new=$artifacts/native/.$rid.new old=$artifacts/native/.$rid.old
  local options=(-DCMAKE_BUILD_TYPE=Release)
  shift
  case $name in
    submodule)
      options+=(-DMINILM_LLAMA=submodule)
      note_other_commit
      ;;
    system) options+=(-DMINILM_LLAMA=system -DMINILM_SYSROOT=) ;;
    sysroot) options+=(-DMINILM_LLAMA=system "-DMINILM_SYSROOT=$sysroot") ;;
  esac
  # What the seam alone needs is found again each time, and a build folder belongs to one place and one generator.
  if [ "$name" != submodule ] || ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$build/CMakeCache.txt"; then
    rm -rf "$build"
    if [ "${rid%%-*}" != win ] && [ -z "${CMAKE_GENERATOR-}" ] && command -v ninja >/dev/null; then
      options+=(-G Ninja)
    fi
  fi

  rm -rf "$new" "$old"
  mkdir -p "$new"
  : >"$new/.stamp" # before anything is read
  [ $# -eq 0 ] || printf '%s\n' "$@" >"$new/.options"
  step "cmake-$name" "Configuring ($name)" \
    cmake -S "$root" -B "$build" "${options[@]}" "$@" || return
  step "build-$name" "Building the native libraries ($name)" \
    cmake --build "$build" --config Release --parallel "$(processors)" || return
  step "install-$name" "Installing into artifacts/native/$rid" \
    cmake --install "$build" --config Release --component minilm --prefix "$new" || return
  if [ "$name" = submodule ]; then
    local time=$artifacts/native/.$rid.time
    touch -r "$new/.stamp" "$time"
    submodule_commit >"$new/.stamp"
    touch -r "$time" "$new/.stamp"
    rm -f "$time"
  fi
  [ ! -d "$native" ] || mv "$native" "$old"
  mv "$new" "$native"
  rm -rf "$old"
}

require_build_native() {
  build_native "$@" || {
    show_failure
    exit 1
  }
}

# build_with PROVIDER [CMAKE-OPTION...]
build_with() {
  command -v cmake >/dev/null || die "CMake 3.25 or later is not installed"
  case $1 in
    auto)
      shift
      if submodule_is_there || { [ ! -e "$unreachable" ] && fetch_submodule; }; then
        require_build_native submodule "$@"
      elif build_native system "$@"; then
        :
      elif is_debian_family; then
        say "No installed libllama; using a private Debian root"
        make_sysroot
        require_build_native sysroot "$@"
      else
        show_failure
        die "llama.cpp's repository is out of reach, and no libllama with headers is installed. Give either:
  git submodule update --init third_party/llama.cpp, then ./build.sh native --llama=submodule
  an installed libllama (a CMake package 'llama'; CMAKE_PREFIX_PATH if it is elsewhere), then ./build.sh native --llama=system"
      fi
      ;;
    submodule)
      submodule_is_there || fetch_submodule || {
        show_failure
        die "third_party/llama.cpp could not be fetched; the other providers are --llama=system and --llama=sysroot"
      }
      require_build_native "$@"
      ;;
    system)
      build_native "$@" || {
        show_failure
        die "the seam could not be built with an installed libllama; the other providers are --llama=submodule and --llama=sysroot"
      }
      ;;
    sysroot)
      make_sysroot
      require_build_native "$@"
      ;;
    *) die "unknown provider '$1': expected auto, submodule, system or sysroot" ;;
  esac
}

announce_native() {
  local where=''
  case $provider in
    submodule) where="from third_party/llama.cpp" ;;
    system) where="installed on this system" ;;
    sysroot) where="of Debian $sysroot_suite, in artifacts/sysroot" ;;
  esac
  say "libllama ${llama:-of unknown version}, ggml ${ggml:-of unknown version}: $provider, $where ($rid)"
}

# Builds what is missing or stale, with the provider and the options that were chosen before. Sets what read_native sets.
ensure_native() {
  local option options=()
  ! native_is_fresh || return 0
  lock setup
  if ! native_is_fresh; then
    if [ -f "$native/.options" ]; then
      while IFS= read -r option; do options+=("$option"); done <"$native/.options"
    fi
    build_with "${provider:-auto}" ${options[@]+"${options[@]}"}
    read_native
    announce_native
  fi
  unlock setup
}

make_native() {
  local asked='' options=() portability=''
  while [ $# -gt 0 ]; do
    case $1 in
      --llama=*) asked=${1#*=} ;;
      --portable) portability=ON ;;
      -D*) options+=("$1") ;;
      *) die "native does not know '$1'" ;;
    esac
    shift
  done
  lock setup
  [ "$asked" != auto ] || rm -f "$unreachable"
  read_native || :
  build_with "${asked:-${provider:-auto}}" "-DMINILM_PORTABLE=${portability:-OFF}" ${options[@]+"${options[@]}"}
  unlock setup
  read_native
  announce_native
}

# Sets entry: the words before a command that lets it find the native libraries.
find_entry() {
  entry=()
  [ "$provider" != sysroot ] || find_sysroot_entry
}
