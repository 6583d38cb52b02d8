#!/bin/sh
# Writes the digest of every image that is pulled beside its tag, in the files that are named:
#
#   deploy/pin-images.sh Dockerfile compose.yaml
#
# It asks each image's own registry, without credentials, and changes nothing unless all of them answer. Needs curl.
set -eu

say() { echo "pin-images: $*" >&2; }

# Registries answer with what is accepted; an index stands for all platforms.
accept='application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json'
accept="$accept, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

# ask prints the head of the answer for a manifest. $1: URL; then more arguments of curl.
ask() {
  url=$1
  shift
  answer=$(curl --silent --show-error --head --connect-timeout 5 --max-time 20 --header "Accept: $accept" "$@" "$url") || return 1
  printf '%s\n' "$answer" | tr -d '\r'
}

# field prints a header of a head. $1: head, $2: name in lower case.
field() { printf '%s\n' "$1" | awk -v name="$2:" 'tolower($1) == name { sub(/^[^:]*: */, ""); print; exit }'; }

status() { printf '%s\n' "$1" | awk '/^HTTP\// { code = $2 } END { print code }'; }

# parameter prints a part of a challenge. $1: challenge, $2: name.
parameter() { printf '%s\n' "$1" | sed -n "s/.*[ ,]$2=\"\([^\"]*\)\".*/\1/p"; }

# token gets one for pulling by the challenge of a 401, for nobody in particular.
token() {
  curl --silent --show-error --fail --connect-timeout 5 --max-time 20 --get --data-urlencode "service=$(parameter "$1" service)" \
    --data-urlencode "scope=$(parameter "$1" scope)" "$(parameter "$1" realm)" |
    tr -d '\n' | sed -n 's/.*"\(access_\)\{0,1\}token" *: *"\([^"]*\)".*/\2/p'
}

# digest prints what the tag of an image stands for now. $1: HOST/NAME:TAG.
digest() {
  host=${1%%/*}
  path=${1#*/}
  case $host in
    docker.io) base=https://registry-1.$host ;; # where Docker's own registry has its API
    127.0.0.1:* | localhost:*) base=http://$host ;;
    *) base=https://$host ;;
  esac
  manifest=$base/v2/${path%:*}/manifests/${path##*:}
  head=$(ask "$manifest") || { say "the registry $host cannot be reached"; return 1; }
  if [ "$(status "$head")" = 401 ]; then
    pass=$(token "$(field "$head" www-authenticate)") && [ -n "$pass" ] || { say "the registry $host gives no token for $1"; return 1; }
    head=$(ask "$manifest" --header "Authorization: Bearer $pass") || { say "the registry $host cannot be reached"; return 1; }
  fi
  [ "$(status "$head")" = 200 ] || { say "the registry $host answers for $1 with HTTP $(status "$head")"; return 1; }
  found=$(field "$head" docker-content-digest)
  printf '%s\n' "$found" | grep -Ex 'sha256:[0-9a-f]{64}' || { say "the registry $host names no digest of $1"; return 1; }
}

[ $# -gt 0 ] || { say "name the files"; exit 2; }
images=$(sed -nE 's/^(FROM +(--platform=[^ ]+ +)?|.*image: *)([a-z0-9.-]+(:[0-9]+)?\/[^ @]+:[^ @]+).*/\3/p' "$@" | sort -u)
[ -n "$images" ] || { say "there is no image to pin in: $*"; exit 1; }

edits=
for image in $images; do
  pinned=$(digest "$image") || { say "nothing was changed: the files keep the tags and digests that they have"; exit 1; }
  name=$(printf '%s' "$image" | sed 's/[.]/[.]/g')
  edits="$edits
s|$name(@sha256:[0-9a-f]+)?( \|\$)|$image@$pinned\\2|"
  say "$image is $pinned"
done
for file in "$@"; do
  text=$(sed -E "$edits" "$file")
  printf '%s\n' "$text" > "$file"
done
