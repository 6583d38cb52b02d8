#!/bin/sh
# Starts the program for this processor. Some hosts lose the executable bit when they unpack a bundle.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
program="$here/{{.Project.Name}}"
if [ ! -f "$program" ]; then
  case "$(uname -m)" in
  x86_64 | amd64) program="$program-amd64" ;;
  aarch64 | arm64) program="$program-arm64" ;;
  *) echo "{{.Project.Name}}: there is no program for the processor $(uname -m) in this bundle" >&2; exit 1 ;;
  esac
fi
[ -x "$program" ] || chmod +x "$program"
exec "$program" "$@"
