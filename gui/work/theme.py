"""The theme of this system."""


def system_theme() -> str:
    """`light` or `dark`; light where the system does not say."""
    import darkdetect

    return "dark" if darkdetect.theme() == "Dark" else "light"
