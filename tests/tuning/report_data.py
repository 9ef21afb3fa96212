"""Made-up numbers of a sweep in the form that the page takes: smooth curves, so that every number can be foretold."""

import itertools
from typing import Any

FAMILIES = (
    ("hold", "#BBBBBB"),
    ("acknowledge", "#88CCEE"),
    ("answer", "#44AAD0"),
    ("yield", "#0072B2"),
    ("correct", "#332288"),
    ("check", "#B9E0A5"),
    ("explore", "#66B77A"),
    ("clarify", "#117733"),
    ("inform", "#F0E08A"),
    ("shift", "#E69F00"),
    ("propose", "#D55E00"),
    ("close", "#882255"),
)
MEASURES = (
    ("success", "success", True, 1, "people who did what the dialogue was for"),
    ("satisfaction", "satisfaction", False, 3, "the person's satisfaction at the end, 0 to 1"),
    ("left", "left", True, 1, "people who left before the end"),
    ("turns", "turns", False, 1, "exchanges per dialogue"),
    ("progress", "progress", False, 3, "goal progress at the end, 0 to 1"),
)
TYPES = ("all people", "people_open", "people_wary", "people_opposed", "worst type")
LINES = (
    ("explore", "What matters most to you in a place to stay?", "ANSWER", "A quiet room. I slept badly the last time I was away."),
    ("clarify", "Quiet as in far from the street, or as in no music?", "ANSWER", "Far from the street, and not above a bar."),
    ("acknowledge", "I see. That does sound tiring.", "EMOTE", "Honestly, it has been a bit much lately."),
    ("shift", "Shall we look at what there is in the old town?", "RESIST", "I am not sure I like where this is going."),
    ("yield", "All right, we can come back to that later.", "FOLLOW", "Yes, there is something in that."),
    ("inform", "The Garden House has rooms to the courtyard.", "ASK", "What can you tell me about the price?"),
    ("answer", "It is 90 a night, with breakfast.", "ACKNOWLEDGE", "Fair enough."),
    ("propose", "Shall I book the Garden House for two nights?", "ACCEPT", "That sounds good to me. Yes, please."),
)


def report_data(points: int = 11, terms: int = 2, types: int = 5, against: int = 1) -> dict[str, Any]:
    """Return data for ``points`` points over ``terms`` ranged terms, for ``types`` person types, beside ``against`` other fronts."""
    names = ("goal", "satisfaction", "turn_cost", "pressure")[:terms]
    kinds = tuple(itertools.islice(itertools.chain(TYPES, (f"type_{i}" for i in itertools.count())), types))
    pushes = [i / max(1, points - 1) for i in range(points)]
    rows = [_point(names, kinds, push) for push in pushes]
    if points > 4:
        rows[2]["note"] = "trial 17, lost to a neighbour"
        for kind in kinds:
            rows[2]["by_type"][kind]["measures"]["satisfaction"] = [0.55, 0.54, 0.56]
    front = [i for i in range(points) if points <= 4 or i != 2]
    return {
        "title": "How hard should it push?",
        "command": "python tune.py sweep runs/steered --weights-range goal=0:2 satisfaction=0:2 --points 11",
        "about": {
            "sentence": f"One policy was trained for every mixture of {len(names)} goals, and {points} mixtures were tried on the same 2,000 simulated people.",
            "intervals": "95 % percentile bootstrap over people, with the same resamples for every point, so that differences are paired.",
            "definitions": [
                ["front", "the points that no other point beats in both success and satisfaction"],
                ["hypervolume", "the area under the front, above the reference point"],
                ["sparsity", "the mean squared gap between neighbours of the front"],
                ["expected utility", "what a user with an unknown taste gets on average, if the best point for the taste is taken"],
                ["price", "the satisfaction that one more percentage point of success costs, between neighbours of the front"],
            ],
            "caution": "These are simulated people. Success here is no promise about real ones: try a choice on a few of them before you rely on it.",
        },
        "terms": list(names),
        "ranges": {name: [0, 2] for name in names},
        "shape": "simplex",
        "types": list(kinds),
        "families": [{"name": name, "colour": colour} for name, colour in FAMILIES],
        "measures": [dict(zip(("name", "title", "percent", "digits", "meaning"), measure, strict=True)) for measure in MEASURES],
        "points": rows,
        "fronts": dict.fromkeys(kinds, front),
        "quality": {
            kind: {
                "hypervolume": [0.512, 0.498, 0.526],
                "sparsity": [0.0031, 0.0024, 0.0044],
                "expected_utility": [0.71, 0.69, 0.73] if kind == kinds[0] else None,
            }
            for kind in kinds
        },
        "reference": {"success": 0, "satisfaction": 0},
        "against": [_other(kinds, number) for number in range(against)],
        "seconds": 431.0,
        "steps": 4_000_000,
        "choices": _choices(points),
        "prices": [_price(front[i], front[i + 1], i) for i in range(len(front) - 1)],
        "samples": [_sample(int(share * (points - 1)), title) for share, title in ((0, "gentle"), (0.6, "the knee"), (1, "pushy"))],
    }


def _around(value: float, half: float) -> list[float]:
    return [round(value, 6), round(value - half, 6), round(value + half, 6)]


def _point(names: tuple[str, ...], kinds: tuple[str, ...], push: float) -> dict[str, Any]:
    """Return a point: more ``push`` in [0, 1] brings more success at a growing price in satisfaction."""
    weights = dict.fromkeys(names, round(2 - 2 * push, 6)) | {names[0]: round(2 * push, 6)}
    return {
        "label": ", ".join(f"{name}={weight:g}" for name, weight in weights.items()),
        "weights": weights,
        "note": "",
        "by_type": {kind: _measured(push, len(kinds) - 1 and i / (len(kinds) - 1), kind) for i, kind in enumerate(kinds)},
    }


def _measured(push: float, wary: float, kind: str) -> dict[str, Any]:
    """Return what a type is measured at that is ``wary`` in [0, 1]."""
    shares = [0.02 + push * (i > 7) * (i - 7) / 8 + (1 - push) * (i < 8) * (0.4 + 0.5 * (i % 3)) / 4 for i in range(len(FAMILIES))]
    return {
        "measures": {
            "success": _around(0.62 + 0.3 * push - 0.28 * wary, 0.018 + 0.01 * wary),
            "satisfaction": _around(0.66 - 0.16 * push**2 - 0.14 * wary, 0.006 + 0.003 * wary),
            "left": _around(0.002 + 0.06 * push**2 * (0.3 + wary), 0.002),
            "turns": _around(16.1 - 6 * push, 0.2),
            "progress": [None, None, None] if kind == "worst type" else _around(0.7 + 0.2 * push - 0.2 * wary, 0.01),
        },
        "acts": None if kind == "worst type" else [share / sum(shares) for share in shares],
    }


def _other(kinds: tuple[str, ...], number: int) -> dict[str, Any]:
    spread = [i / 4 for i in range(5)]
    return {
        "name": ("five runs, one per weight", "rules", "another algorithm")[number % 3],
        "seconds": 2110.0 * (number + 1),
        "steps": 20_000_000,
        "points": [
            {"label": f"run {i}", "by_type": {kind: _shifted(push, len(kinds) - 1 and j / (len(kinds) - 1), number, kind) for j, kind in enumerate(kinds)}}
            for i, push in enumerate(spread)
        ],
        "fronts": {kind: list(range(5)) for kind in kinds},
        "hypervolume": {kind: [0.505, 0.49, 0.519] for kind in kinds},
        "ratio": {kind: [1.014, 0.996, 1.031] for kind in kinds},
    }


def _shifted(push: float, wary: float, number: int, kind: str) -> dict[str, Any]:
    measures = _measured(push, wary, kind)["measures"]
    success, satisfaction = ([value - 0.012 * (number + 1) for value in measures[name]] for name in ("success", "satisfaction"))
    return {"measures": {"success": success, "satisfaction": satisfaction}}


def _choices(points: int) -> list[dict[str, Any]]:
    return [
        {"name": "the knee", "point": int(0.6 * (points - 1)), "text": "Where the front bends: beyond it, success gets dear."},
        {"name": "at least 90 % success", "point": points - 1, "text": "The kindest point whose success is at least 90 %."},
        {"name": "at least 99 % success", "point": None, "text": "No point reaches 99 % success; the best is at 92.0 %."},
    ]


def _price(start: int, end: int, rank: int) -> dict[str, Any]:
    text = "free: satisfaction does not fall" if rank < 2 else f"{1.1 * rank:.1f} thousandths of satisfaction for one more point of success"
    return {"from": start, "to": end, "price": _around(0.0011 * rank - 0.0005 * (rank < 2), 0.0007), "text": text}


def _sample(point: int, title: str) -> dict[str, Any]:
    return {"point": point, "title": title, "dialogues": [_dialogue(person, 5 + (person + len(title)) % 4) for person in range(2)]}


def _dialogue(person: int, turns: int) -> dict[str, Any]:
    return {
        "person": person,
        "type": TYPES[1 + person],
        "success": turns > 6,
        "left": turns < 6,
        "exchanges": [
            {"turn": i + 1, "act": act, "agent": agent, "reply": reply, "person": said, "satisfaction": round(0.5 + 0.02 * i - 0.06 * (i % 4 == 3), 3)}
            for i, (act, agent, reply, said) in enumerate(LINES[-turns:])
        ],
    }
