"""What the library did: activities, their mapping to goals and targets, campaigns, partners, strategy."""
