"""Whether the stored bytes are still what they were: read again and again, whoever of the libraries names them."""
