"""Plots drawn without a library, and tables put into their place in the docs."""

import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 320, 70, 40, 40, 50
COLOURS = ("#0a58a8", "#b3541e", "#3a7d44", "#6b4c9a")


def plot(path, title, x_label, y_label, series, log_x=False, marks=()):
    """A line plot.

    series: (x, y) points by name; a single nameless one has its points marked and labelled.
    marks: x values at which something happened, drawn as thin vertical lines.
    """
    lines = [points for points in series.values() if points]
    # On a logarithmic scale nothing stands a little left of one.
    scale = lambda x: math.log10(max(x, 0.3)) if log_x else x
    low = min(scale(x) for points in lines for x, _ in points)
    high = max(scale(x) for points in lines for x, _ in points)
    highest = max(y for points in lines for _, y in points) or 1
    grid = grid_step(highest / 4)
    steps = math.ceil(highest / grid)
    most = grid * steps
    place_x = lambda x: LEFT + (scale(x) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)
    place_y = lambda y: HEIGHT - BOTTOM - y / most * (HEIGHT - TOP - BOTTOM)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{WIDTH / 2}" y="20" text-anchor="middle" font-size="14">{title}</text>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">{x_label}</text>',
        f'<text x="14" y="{HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 {HEIGHT / 2})">{y_label}</text>']
    for step in range(steps + 1):
        y = grid * step
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{place_y(y):.1f}" y2="{place_y(y):.1f}" stroke="#ddd"/>')
        label = f"{y:,.0f}" if grid >= 1 else f"{y:,.2f}"
        out.append(f'<text x="{LEFT - 6}" y="{place_y(y) + 4:.1f}" text-anchor="end">{label}</text>')
    for x in marks:
        out.append(f'<line x1="{place_x(x):.1f}" x2="{place_x(x):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#ccc"/>')
    alone = list(series) == [""]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(f"{place_x(x):.1f},{place_y(y):.1f}" for x, y in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if alone:
            for x, y in points:
                out.append(f'<circle cx="{place_x(x):.1f}" cy="{place_y(y):.1f}" r="3" fill="{colour}"/>')
                out.append(f'<text x="{place_x(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:,}</text>')
        else:
            out.append(f'<text x="{LEFT + 10 + 150 * number}" y="{TOP - 4}" fill="{colour}">{name}</text>')
    if not alone:
        for step in range(6):
            x = low + (high - low) * step / 5
            shown = 10 ** x if log_x else x
            px = LEFT + step / 5 * (WIDTH - LEFT - RIGHT)
            out.append(f'<text x="{px:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{shown:,.0f}</text>')
    path.write_text("\n".join(out) + "\n</svg>\n")


def grid_step(least):
    """A distance of one, two or five times a power of ten, and at least that."""
    power = 10 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)


def replace_section(page, name, text):
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    content = page.read_text()
    head, rest = content.split(begin, 1)
    _, tail = rest.split(end, 1)
    page.write_text(head + begin + "\n" + text + end + tail)
