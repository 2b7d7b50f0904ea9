"""Files on their way from a device, in parts: a broken line or a closed laptop goes on where it was."""
