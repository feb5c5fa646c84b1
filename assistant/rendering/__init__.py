"""An `Answer` as people read it: HTML for the page, text for a terminal."""
