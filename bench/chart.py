"""A bar chart as SVG: groups of (label, value), each group scaled to its own longest bar."""

import html

BAR, GAP, HEAD, LEFT, WIDTH, RIGHT = 18, 6, 34, 230, 420, 170
OURS, OTHER = "#2b6cb0", "#a0aec0"


def rows_of(groups):
    y = 10
    for title, bars in groups:
        yield "title", y + 20, title, None, None, None
        y += HEAD
        longest = max((value for _, value, _ in bars), default=1) or 1
        for label, value, is_ours in bars:
            yield "bar", y, label, value, WIDTH * value / longest, is_ours
            y += BAR + GAP
        y += GAP
    yield "end", y, None, None, None, None


def svg(groups, unit):
    """`groups`: [(title, [(label, value, is_ours)])]; `unit` writes a value."""
    out = []
    for kind, y, label, value, width, is_ours in rows_of(groups):
        if kind == "title":
            out.append(f'<text x="10" y="{y}" font-weight="bold">{html.escape(label)}</text>')
        elif kind == "bar":
            middle = y + BAR - 5
            out.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{html.escape(label)}</text>')
            out.append(f'<rect x="{LEFT}" y="{y}" width="{max(width, 1):.1f}" height="{BAR}" fill="{OURS if is_ours else OTHER}"/>')
            out.append(f'<text x="{LEFT + width + 6:.1f}" y="{middle}">{html.escape(unit(value))}</text>')
        else:
            size = f'width="{LEFT + WIDTH + RIGHT}" height="{y + 10}"'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">'
            f'<rect width="100%" height="100%" fill="white"/>{"".join(out)}</svg>\n')
