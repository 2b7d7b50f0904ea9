"""Where the long words in the names of goals may break, for narrow tiles: browsers leave two letters over."""

PARTS = (
    "Anstæn|dige",
    "Bære|dygtig",
    "Kvalitets|uddannelse",
    "Partner|skaber",
    "infra|struktur",
    "institu|tioner",
    "lokal|samfund",
    "retfærdig|hed",
    "Afford|able",
    "Partner|ships",
    "Respon|sible",
    "Sustain|able",
    "commu|nities",
    "consump|tion",
    "infra|structure",
    "institu|tions",
)


def soft(text: str) -> str:
    """Return the name of a goal with soft hyphens where its long words may break."""
    for parts in PARTS:
        text = text.replace(parts.replace("|", ""), parts.replace("|", "\u00ad"))
    return text
