#!/usr/bin/env bash
# enter.sh COMMAND... - becomes a command that finds the native libraries, with the SDK on its PATH. With the provider
# sysroot it runs with the sysroot's /usr over the host's, in a mount namespace of its own; all else stays the host's.
# build.sh takes the functions only.

# enter COMMAND...
enter() {
  export MINILM_NATIVE_PATH=${MINILM_NATIVE_PATH:-$native} DOTNET_ROOT=$dotnet_root
  [ "$provider" = sysroot ] || exec "$@"

  local user=() folder file table='' mounts=$artifacts/sysroot/mounts
  if [ "$EUID" -ne 0 ]; then
    user=(--map-root-user)
    unshare --mount "${user[@]}" -- mount -n --bind /usr/local /usr/local 2>/dev/null ||
      die "this user may not make a mount namespace, which the sysroot needs: be root, allow user namespaces, or use --llama=submodule or --llama=system"
  fi

  # Folders of the host's /usr that are wanted inside as well.
  for folder in /usr/local /usr/src /usr/share/zoneinfo "$dotnet_root" "$root"; do
    case $folder in
      /usr/local/* | /usr/src/*) ;;
      /usr/*)
        [ -d "$folder" ] || continue
        [ -d "$sysroot$folder" ] || mkdir -p "$sysroot$folder"
        add_mount "$folder" "$sysroot$folder"
        ;;
    esac
  done
  # The only files of /etc that speak of libraries and programs in /usr.
  for file in /etc/ld.so.cache /etc/alternatives; do
    [ ! -e "$file" ] || add_mount "$sysroot$file" "$file"
  done
  add_mount "$sysroot/usr" /usr

  # A file, since one mount command for all is much faster than one each, and it does not read from a pipe.
  if [ ! -f "$mounts" ] || [ "$(<"$mounts")" != "${table%$'\n'}" ]; then
    printf '%s' "$table" >"$mounts.$$"
    mv "$mounts.$$" "$mounts"
  fi
  exec unshare --mount ${user[@]+"${user[@]}"} -- /bin/sh "$root/eng/mount.sh" "$mounts" "$@"
}

# enter_with_sdk COMMAND... - the same for a command that may build. Build servers know one view of the file system only,
# and the sysroot has no libicu.
enter_with_sdk() {
  export PATH=$dotnet_root:$PATH
  if [ "$provider" = sysroot ]; then
    export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  fi
  enter "$@"
}

# add_mount SOURCE TARGET - adds a line as in /etc/fstab to table.
add_mount() {
  local path words=''
  for path; do
    path=${path//\\/\\134}
    path=${path// /\\040}
    words+=${path//$'\t'/\\011}' '
  done
  table+="${words}none rbind 0 0"$'\n'
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  root=$(cd -P "${BASH_SOURCE[0]%/*}/.." >/dev/null && { pwd -W 2>/dev/null || pwd; })
  # shellcheck source=eng/host.sh
  . "$root/eng/host.sh"
  find_dotnet
  read_provider
  enter_with_sdk "$@"
fi
