#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install.sh CMAKE BUILD PREFIX: installs into an empty prefix, so that a file no longer installed cannot linger.
set -eu
rm -rf "$3"
"$1" --install "$2" --prefix "$3" >/dev/null
