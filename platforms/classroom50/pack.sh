#!/usr/bin/env bash
# pack.sh FOLDER: makes the autograder, of the last commit of this course, as a new folder.
# Put it into the configuration repository as CLASSROOM/autograders/ASSIGNMENT.
set -euo pipefail
out="$(realpath -m "${1:?name the folder to make}")"
cd "$(dirname "$0")"
if [ -e "$out" ]; then
    echo "$out is there already, and nothing is overwritten. Next: name another folder." >&2
    exit 2
fi
mkdir -p "$out"
cp autograder.py "$out/"
git -C "$(git rev-parse --show-toplevel)" archive --format=tar.gz HEAD >"$out/halfway.tar.gz"
echo "made: $out"
