"""Small real files that the planner's tasks are asked about."""

from __future__ import annotations

import json
from pathlib import Path

SALES = """\
order_id,date,region,product,quantity,unit_price,revenue
1001,2024-01-05,North,Laptop,3,1200.00,3600.00
1002,2024-01-17,South,Mouse,10,25.50,255.00
1003,2024-02-02,North,Keyboard,4,75.00,300.00
1004,2024-02-11,East,Laptop,1,1150.00,1150.00
1005,2024-02-28,South,Monitor,2,310.00,620.00
1006,2024-03-03,West,Mouse,25,24.00,600.00
1007,2024-03-09,North,Monitor,5,299.00,1495.00
1008,2024-03-22,East,Keyboard,7,70.00,490.00
1009,2024-04-01,South,Laptop,2,1190.00,2380.00
1010,2024-04-15,West,Webcam,12,49.90,598.80
"""
PEOPLE = """\
name;age;city;salary
Ann Lee;34;Berlin;52000
Bob Stone;51;Paris;61000
Cid Vega;28;Berlin;43000
Dora Weiss;45;Madrid;58000
Eve Adler;39;Paris;75000
"""
NOTES = """\
The whale is a mammal. A whale breathes air.
Contact: ann@example.org or bob@example.com for details.

Many sailors fear the whale, but the whale fears the sailors.
The sea is wide; the ship is small.
See https://example.org/sea for more.
"""
LOG = """\
2024-05-01 10:00:01 INFO start
2024-05-01 10:00:05 ERROR disk full
2024-05-01 10:02:00 WARNING slow answer
2024-05-01 10:03:11 ERROR disk full
2024-05-01 10:04:40 INFO stop
"""
SHOP = {
    "name": "Corner Shop",
    "version": "2.4.1",
    "owner": {"name": "Ann", "email": "ann@example.org"},
    "items": [
        {"name": "tea", "price": 3.5, "stock": 40},
        {"name": "cup", "price": 8.0, "stock": 12},
        {"name": "pot", "price": 24.9, "stock": 3},
    ],
}
TEMPERATURES = [
    {"city": "Oslo", "month": "January", "temperature": -4.3},
    {"city": "Rome", "month": "January", "temperature": 7.5},
    {"city": "Oslo", "month": "July", "temperature": 17.7},
    {"city": "Rome", "month": "July", "temperature": 25.2},
]


def write_files(folder: Path) -> dict[str, Path]:
    """Writes the files and gives each by its name."""
    texts = {
        "sales.csv": SALES,
        "people.csv": PEOPLE,
        "notes.txt": NOTES,
        "app.log": LOG,
        "shop.json": json.dumps(SHOP, indent=2),
        "temperatures.jsonl": "".join(json.dumps(row) + "\n" for row in TEMPERATURES),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in texts}
