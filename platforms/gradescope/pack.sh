#!/usr/bin/env bash
# pack.sh OUT.zip: makes the zip to upload under "Configure Autograder", of the last commit of this course.
set -euo pipefail
out="$(realpath -m "${1:?name the zip to make}")"
cd "$(dirname "$0")"
course="$(git rev-parse --show-toplevel)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/halfway"
git -C "$course" archive HEAD | tar -x -C "$work/halfway"
cp setup.sh run_autograder "$work/"
python3 - "$work" "$out" <<'PYTHON'
import os
import sys
import zipfile

work, out = sys.argv[1:]
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
    for folder, folders, files in os.walk(work):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            archive.write(path, os.path.relpath(path, work))
PYTHON
echo "made: $out"
