# shellcheck shell=bash disable=SC2154,SC2119 # shares its variables with the other files
# The model in the box: its dialogs, its training, its file, its evaluation (models/companion/README.md).

companion=$artifacts/dotnet/bin/Minilm.Companion/release/minilm-companion.dll

# run_companion train [OPTIONS] - everything from the grammar to the evaluated file; another command goes to the tool.
run_companion() {
  find_dotnet
  ensure_native
  ensure_built Minilm.Companion models/companion "$companion" models/companion "${managed_sources[@]}"
  find_entry
  export DOTNET_ROOT=$dotnet_root
  cd "$root"
  if [ "${1-}" = train ]; then
    shift
    train_companion "$@"
  else
    companion_tool "$@"
  fi
}

companion_tool() {
  ${entry[@]+"${entry[@]}"} "$dotnet" "$companion" "$@"
}

# train_companion [--size full|smoke] [options of train.py]
train_companion() {
  local python size=full word previous='' help='' folder count=290000 held=3000
  for word; do
    case $word in
      --size=*) size=${word#--size=} ;;
      -h | --help) help=1 ;;
    esac
    [ "$previous" != --size ] || size=$word
    previous=$word
  done
  case $size in
    full) ;;
    smoke) count=12000 held=300 ;;
    *) die "there is no size '$size': full or smoke" ;;
  esac
  folder=$artifacts/companion/$size
  python=$(find_torch) || die "no Python here has PyTorch and SentencePiece: apt-get install python3-torch python3-sentencepiece python3-numpy python3-matplotlib libopenblas0-openmp"
  if [ -n "$help" ]; then
    "$python" models/companion/train.py --help
    return
  fi
  companion_tool generate "$folder" --count "$count"
  "$python" models/companion/train.py "$folder" "$@"
  companion_tool export "$folder" "$folder/minilm-companion.gguf"
  companion_tool evaluate "$folder/minilm-companion.gguf" --dialogs "$held" --training "$count"
  say "The model is $folder/minilm-companion.gguf; to ship it: cp '$folder/minilm-companion.gguf' assets/models/"
}

# The Python of Debian's packages may not be the first one in PATH.
find_torch() {
  local python
  for python in ${MINILM_PYTHON:+"$MINILM_PYTHON"} python3 /usr/bin/python3; do
    if "$python" -c 'import torch, sentencepiece, numpy' 2>/dev/null; then
      printf '%s\n' "$python"
      return
    fi
  done
  return 1
}
