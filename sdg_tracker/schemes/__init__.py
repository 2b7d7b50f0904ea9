"""What certifications ask: schemes, their requirements, and the cycles a library runs at them."""
