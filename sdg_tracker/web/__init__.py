"""What every page shares: who is asking, one transaction a request, forms."""
