"""What changed from one edition to another: on the screen, in a terminal, and on a page or two of paper."""
