"""Where the code of strangers runs: sandboxes, what makes them, and the link that leads into them. Linux."""
