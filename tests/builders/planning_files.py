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

STUDENTS = """\
Student,Class,Math Score,Reading Score,Absences,Enrolled
Mia,4A,88,92,1,2021-09-01
Leo,4B,75,81,4,2020-09-01
Zoe,4A,93,79,0,2021-09-01
Max,4C,67,70,9,2022-01-10
Ida,4B,81,95,2,2021-09-01
Tom,4A,59,64,7,2022-01-10
"""
WEATHER = """\
station	date	temp_c	rain_mm	condition
Bergen	2023-06-01	14.5	12.0	rain
Bergen	2023-06-02	16.0	0.0	sunny
Oslo	2023-06-01	21.0	0.0	sunny
Oslo	2023-07-02	24.5	1.5	cloudy
Tromso	2023-06-01	8.0	4.0	rain
Tromso	2023-07-02	11.0	0.0	sunny
"""
MOVIES = [
    {"title": "Alpha", "year": 1999, "genre": "Drama", "rating": 7.9, "minutes": 121},
    {"title": "Beta", "year": 2004, "genre": "Comedy", "rating": 6.1, "minutes": 95},
    {"title": "Gamma", "year": 2010, "genre": "Drama", "rating": 8.4, "minutes": 140},
    {"title": "Delta", "year": 2010, "genre": "Action", "rating": 7.2, "minutes": 110},
    {"title": "Omega", "year": 2019, "genre": "Comedy", "rating": 6.8, "minutes": 101},
]
CONFIG = {
    "server": {"host": "db.local", "port": 5432, "timeout": 30},
    "users": [
        {"login": "ann", "admin": True, "quota": 500},
        {"login": "bob", "admin": False, "quota": 200},
        {"login": "eve", "admin": False, "quota": 250},
    ],
    "debug": False,
}
EXPENSES = """\
Date,Category,Payee,Amount
2024-01-03,Groceries,Aldi,45.20
2024-01-09,Rent,Landlord,900.00
2024-01-15,Groceries,Lidl,38.75
2024-02-02,Transport,Metro,49.00
2024-02-09,Rent,Landlord,900.00
2024-02-20,Groceries,Aldi,61.05
2024-03-09,Rent,Landlord,900.00
2024-03-11,Transport,Taxi,18.50
"""
ESSAY = """\
Rivers shape land. A river carries sand to the sea.
The sand builds beaches, and beaches protect land.
Call 555-1234 or write to office@river.org.
"""
ACCESS = """\
10.0.0.1 GET /index.html 200
10.0.0.2 GET /missing 404
10.0.0.1 POST /login 200
10.0.0.3 GET /index.html 500
10.0.0.2 GET /missing 404
"""
COUNTRIES = """\
country,continent,population,area_km2
France,Europe,68000000,643801
Japan,Asia,125000000,377975
Brazil,South America,203000000,8515767
Kenya,Africa,53000000,580367
India,Asia,1428000000,3287263
"""


def write_files(folder: Path) -> dict[str, Path]:
    """Writes the files and gives each by its name."""
    texts = {
        "sales.csv": SALES,
        "people.csv": PEOPLE,
        "notes.txt": NOTES,
        "app.log": LOG,
        "shop.json": json.dumps(SHOP, indent=2),
        "temperatures.jsonl": "".join(json.dumps(row) + "\n" for row in TEMPERATURES),
        "students.csv": STUDENTS,
        "weather.tsv": WEATHER,
        "movies.json": json.dumps(MOVIES),
        "config.json": json.dumps(CONFIG),
        "expenses.csv": EXPENSES,
        "essay.txt": ESSAY,
        "access.log": ACCESS,
        "countries.csv": COUNTRIES,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in texts}
