"""Mail to the people of a library, sent by the worker."""
