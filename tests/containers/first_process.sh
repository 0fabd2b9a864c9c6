#!/bin/sh
# The first process of the engine's namespaces: when it ends, the kernel ends all others in them.
#   first_process.sh DATA SOCKET    folder of images and volumes; where the engine listens
set -eu
# What an engine of this machine keeps under /run must not be seen or touched.
mount -t tmpfs tmpfs /run
ip link set lo up
# cgroupfs: systemd does not know the process ids of this namespace.
dockerd --data-root "$1" --host "unix://$2" --exec-root /run/docker --pidfile /run/docker.pid \
    --dns 10.0.2.3 --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent /streamario-containers &
trap 'kill -TERM $!' TERM
until wait; do :; done
