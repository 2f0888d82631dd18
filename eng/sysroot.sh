#!/usr/bin/env bash
# sysroot.sh can-make|make|remove - the private Debian root that holds libllama: enter.sh runs programs in it.
set -euo pipefail
root=$(cd -P "${BASH_SOURCE[0]%/*}/.." >/dev/null && pwd)
# shellcheck source=eng/host.sh
. "$root/eng/host.sh"

sysroot_suite=forky # the first release of Debian with llama.cpp
sysroot_packages=libllama-dev,libggml-dev,libggml0-backend-rpc,llama.cpp-tools,llama.cpp-tools-extra,ca-certificates

is_debian_family() {
  [ -r /etc/os-release ] && (
    # shellcheck disable=SC1091
    . /etc/os-release
    case " ${ID-} ${ID_LIKE-} " in *" debian "*) ;; *) exit 1 ;; esac
  )
}

require_tools() {
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends mmdebstrap)
  is_debian_family ||
    die "a sysroot can only be made on Debian and systems made from it: use --llama=submodule or --llama=system (an installed libllama with its headers)"
  [ -L /lib ] ||
    die "/lib of this system is not a link into /usr, so a sysroot cannot be entered: use --llama=submodule or --llama=system"
  if [ "$EUID" -ne 0 ]; then
    if ! command -v mmdebstrap >/dev/null || ! command -v newuidmap >/dev/null; then
      die "the sysroot is made by mmdebstrap, which needs newuidmap when it is not root: sudo apt-get install mmdebstrap uidmap"
    fi
    grep -qs "^$(id -un):" /etc/subuid ||
      die "the sysroot cannot be made without root: $(id -un) has no range in /etc/subuid (usermod --add-subuids and --add-subgids give one)"
    return 0
  fi
  command -v mmdebstrap >/dev/null && return
  # Its lists may be empty, or so old that what they name is gone.
  if apt-cache show mmdebstrap >/dev/null 2>&1 && "${install[@]}"; then
    return
  fi
  apt-get update
  "${install[@]}"
}

# The Debian mirrors that this machine already uses, or the one that it is told to.
debian_mirrors() {
  if [ -n "${MINILM_DEBIAN_MIRROR-}" ]; then
    printf '%s\n' "$MINILM_DEBIAN_MIRROR"
  else
    apt-get indextargets --format "\$(ORIGIN) \$(LABEL) \$(REPO_URI)" 'Created-By: Packages' |
      awk '$1 == "Debian" && $2 == "Debian" && !seen[$3]++ { print $3 }'
  fi
}

make_sysroot() {
  local mirror mirrors new isolate=() keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [ ! -d "$sysroot" ] || return 0
  require_tools
  [ -r "$keyring" ] || die "Debian's keys are not installed: apt-get install debian-archive-keyring"
  mirrors=$(debian_mirrors)
  if [ -z "$mirrors" ] && [ "$EUID" -eq 0 ]; then
    apt-get update
    mirrors=$(debian_mirrors)
  fi
  [ -n "$mirrors" ] || die "apt knows no Debian mirror: name one in MINILM_DEBIAN_MIRROR"

  mkdir -p "$artifacts/sysroot"
  for new in "$artifacts"/sysroot/new.*; do
    [ ! -e "$new" ] || remove_root "$new" # of a process that was killed
  done
  new=$(mktemp -d "$artifacts/sysroot/new.XXXXXX")
  trap 'remove_root "$new"' EXIT
  trap 'exit 130' INT TERM
  # What it mounts while it works ends with it. (Without root it makes a namespace by itself.)
  [ "$EUID" -ne 0 ] || isolate=(unshare --mount --)
  while IFS= read -r mirror; do
    # Where mirrors are copies, a testing release can be some days old; signatures are checked all the same. The
    # folders are where those of the host are put.
    # shellcheck disable=SC2016 # $1 is the hook's
    if ${isolate[@]+"${isolate[@]}"} mmdebstrap --variant=apt --include="$sysroot_packages" \
      --customize-hook='chmod 755 "$1"; cd "$1/usr" && mkdir -p share/zoneinfo share/dotnet lib/dotnet' \
      "$sysroot_suite" "$new" "deb [signed-by=$keyring check-valid-until=no] $mirror $sysroot_suite main" </dev/null; then
      mv "$new" "$sysroot"
      trap - EXIT INT TERM
      return
    fi
  done <<<"$mirrors"
  die "the sysroot could not be made; the other providers are --llama=submodule and --llama=system"
}

# Without root, the files belong to users that only a namespace can act for; the folder itself is in a folder of ours.
remove_root() {
  rm -rf --one-file-system "$1" 2>/dev/null && return
  mmdebstrap --unshare-helper rm -rf --one-file-system "$1" 2>/dev/null || :
  rm -rf --one-file-system "$1"
}

case ${1-} in
  can-make) is_debian_family ;;
  make) make_sysroot ;;
  remove) [ ! -d "$sysroot" ] || remove_root "$sysroot" ;;
  *) misuse "sysroot.sh does not know '${1-}'" ;;
esac
