"""Other people's libraries, at a pinned commit: fetched, judged, taken from, given to."""
