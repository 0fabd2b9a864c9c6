#!/bin/sh
# `haproxy ARGUMENTS` runs a master that can be reloaded; anything else is run as it is.
set -eu
case ${1:-} in
    -*) set -- haproxy "$@" ;;
esac
if [ "$1" = haproxy ]; then
    shift
    set -- haproxy -W -db "$@"
fi
exec "$@"
