"""The public page of a year: what everybody may see of a report, its open data, and the goals to put on other pages."""
