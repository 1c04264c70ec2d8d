"""Draw the map of the classroom: the five states and their neighbours, small enough to be sent with the page.

    python tools/draw_map.py countries-50m.json

The file is from npm's package world-atlas 2.0.2 (ISC; Natural Earth, public domain). Borders are shared lines there,
each kept once, so a border that is made simpler stays the same on both of its sides. Of several shapes with one number
the first is kept; those without a number are land that belongs to nobody here.
"""

import argparse
import itertools
import json
import math
from pathlib import Path

OUT = Path(__file__).parent.parent / "sim" / "classroom" / "page" / "map.json"
WEST, EAST, SOUTH, NORTH = 44.5, 89.0, 34.5, 56.0  # degrees: the window
WIDTH = 1000  # of the picture
CENTRE, LOWER, UPPER = 66.5, 38.0, 52.0  # degrees: where north is up, and where scale is true
STEP = 0.9  # how far a line may be moved, in units of the picture
BESIDE = 40  # how far beyond the picture lines are still followed
STATES = {"398": "KAZ", "417": "KGZ", "762": "TJK", "795": "TKM", "860": "UZB", "031": "AZE"}
FIVE = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}  # who is in every world that lies here; others may be mere land
NAMED = {
    "KAZ": (520, 230), "KGZ": (850, 455), "TJK": (775, 585), "TKM": (285, 540), "UZB": (385, 430), "AZE": (95, 470),
}  # fmt: skip
"""Where the name of a state stands: in its middle, or beside it where it is small."""

Point = tuple[float, float]


def projected(east: float, north: float) -> Point:
    """Where a place lies on an equal-area cone, in radii of the Earth, north up."""
    low, high = math.sin(math.radians(LOWER)), math.sin(math.radians(UPPER))
    cone = (low + high) / 2
    whole = 1 - low * low + 2 * cone * low
    angle = cone * math.radians(east - CENTRE)
    away, middle = (math.sqrt(whole - 2 * cone * math.sin(math.radians(one))) / cone for one in (north, 45.0))
    return away * math.sin(angle), middle - away * math.cos(angle)


def picture() -> tuple[float, float, float, float]:
    """Left edge, top edge, scale and height of the picture: all of the window's south, and of its north the middle."""
    left, right = projected(WEST, (SOUTH + NORTH) / 2)[0], projected(EAST, (SOUTH + NORTH) / 2)[0]
    top, bottom = projected(CENTRE, NORTH)[1], projected(CENTRE, SOUTH)[1]
    scale = WIDTH / (right - left)
    return left, top, scale, (top - bottom) * scale


def placed(arcs: list[list[list[int]]], scale: list[float], start: list[float]) -> list[list[Point]]:
    """Lines in units of the picture; what lies beyond it is moved to its frame, which leaves the inside as it is."""
    left, top, size, height = picture()
    lines = []
    for arc in arcs:
        line, x, y = [], 0, 0
        for right, up in arc:
            x, y = x + right, y + up
            across, high = projected(x * scale[0] + start[0], y * scale[1] + start[1])
            inside = min(max((across - left) * size, -BESIDE), WIDTH + BESIDE)
            line.append((inside, min(max((top - high) * size, -BESIDE), height + BESIDE)))
        lines.append(simpler(line))
    return lines


def simpler(line: list[Point]) -> list[Point]:
    """The line with as few of its points as may be, none of the others further from it than `STEP`."""
    if len(line) < 3:
        return line
    (x, y), (to_x, to_y) = line[0], line[-1]
    long = math.hypot(to_x - x, to_y - y)

    def off(point: Point) -> float:
        if long < STEP:  # a ring, or nearly
            return math.hypot(point[0] - x, point[1] - y)
        return abs((to_x - x) * (point[1] - y) - (to_y - y) * (point[0] - x)) / long

    far = max(range(1, len(line) - 1), key=lambda at: off(line[at]))
    if off(line[far]) <= STEP:
        return [line[0], line[-1]]
    return simpler(line[: far + 1])[:-1] + simpler(line[far:])


def path(polygons: list[list[list[int]]], lines: list[list[Point]]) -> str:
    """Rings of numbers of lines (~n is line n backwards) as the path of an SVG, in whole units of the picture."""
    said = []
    for ring in (ring for polygon in polygons for ring in polygon):
        points: list[tuple[int, int]] = []
        for number in ring:
            line = lines[number] if number >= 0 else lines[~number][::-1]
            points += [point for one in line if (point := (round(one[0]), round(one[1]))) not in points[-1:]]
        if _area(points) >= 4.0:
            moves = [f"{x - a} {y - b}" for (a, b), (x, y) in itertools.pairwise(points)]
            said.append(f"M{points[0][0]} {points[0][1]}l{' '.join(moves[:-1])}z".replace(" -", "-"))
    return "".join(said)


def _area(points: list[tuple[int, int]]) -> float:
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x * b - a * y for (x, y), (a, b) in pairs)) / 2


def main() -> None:
    """Write the map."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="countries-50m.json of world-atlas 2.0.2")
    atlas = json.loads(parser.parse_args().file.read_text(encoding="utf-8"))
    lines = placed(atlas["arcs"], atlas["transform"]["scale"], atlas["transform"]["translate"])
    states, land, met = {}, [], set()
    for shape in atlas["objects"]["countries"]["geometries"]:
        number = shape.get("id")
        if number in met:
            continue
        met |= {number} - {None}
        drawn = path([shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"], lines)
        if number in STATES:
            x, y = NAMED[STATES[number]]
            states[STATES[number]] = {"d": drawn, "x": x, "y": y}
        if drawn and STATES.get(number) not in FIVE:
            land.append(drawn)
    made = "world-atlas 2.0.2 (ISC), Natural Earth (public domain)"
    whole = {"source": made, "box": f"0 0 {WIDTH} {picture()[3]:.0f}", "states": states, "land": land}
    OUT.write_text(json.dumps(whole, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
