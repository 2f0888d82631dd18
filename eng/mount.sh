#!/bin/sh
# mount.sh TABLE COMMAND... - run by 'unshare --mount': mounts what the table says, in this process's own view of the
# file system, and becomes the command. The mounts end with the last process that sees them.
set -eu
table=$1
shift
mount -n --all --fstab "$table"
case $PWD in
  /usr | /usr/*) cd "$PWD" 2>/dev/null || : ;; # it was just covered
esac
exec "$@"
