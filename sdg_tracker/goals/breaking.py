"""Where the long words in the names of goals may break, for narrow tiles: browsers leave two letters over."""

PARTS = (
    "Kvalitets|uddannelse",
    "Partner|skaber",
    "infra|struktur",
    "lokal|samfund",
    "retfærdig|hed",
    "Partner|ships",
    "Respon|sible",
    "consump|tion",
    "infra|structure",
)


def soft(text: str) -> str:
    """Return the name of a goal with soft hyphens where its long words may break."""
    for parts in PARTS:
        text = text.replace(parts.replace("|", ""), parts.replace("|", "\u00ad"))
    return text
