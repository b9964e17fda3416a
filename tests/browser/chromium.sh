#!/bin/sh
# Starts $CHROMIUM without the pages that its address bar prepares for each new window: no test sees them.
# Their names join those that Playwright gives: of two such arguments, Chromium hears the last one alone.
for word in "$@"; do
  shift
  case "$word" in
    --disable-features=*) word="$word,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup" ;;
  esac
  set -- "$@" "$word"
done
exec "$CHROMIUM" "$@"
