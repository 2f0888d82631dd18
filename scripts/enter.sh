#!/bin/sh
# enter.sh SYSROOT REPOSITORY DOTNET-FOLDER -- COMMAND...
#
# Run by 'unshare --mount': puts the sysroot's /usr over the host's, in this process's own view of the file system, and
# becomes the command. All else stays the host's, at its own path. The mounts end with the last process that sees them.
set -eu

sysroot=$1 repository=$2 dotnet=$3
shift 4

# keep PATH - shows a folder of the host's /usr inside as well.
keep() {
  [ -d "$1" ] || return 0
  [ -d "$sysroot$1" ] || mkdir -p "$sysroot$1"
  mount -n --rbind "$1" "$sysroot$1"
}

keep /usr/local
keep /usr/src
keep /usr/share/zoneinfo
for folder in "$dotnet" "$repository"; do
  case $folder in
    /usr/local/* | /usr/src/*) ;;
    /usr/*) keep "$folder" ;;
  esac
done

# The only files of /etc that speak of libraries and programs in /usr.
[ ! -e /etc/ld.so.cache ] || mount -n --bind "$sysroot/etc/ld.so.cache" /etc/ld.so.cache
[ ! -e /etc/alternatives ] || mount -n --bind "$sysroot/etc/alternatives" /etc/alternatives

mount -n --rbind "$sysroot/usr" /usr
case $PWD in
  /usr | /usr/*) cd "$PWD" 2>/dev/null || : ;; # it was just covered
esac
exec "$@"
