"""The UN framework: goals, targets and indicators in Danish and English."""
