"""Small data files to try tasks on: the records of a made-up coffee supplier.

| file | what it holds |
|---|---|
| `sales.csv` | 60 orders: order_id, date, region, product, quantity (two are empty), price of one |
| `weather.csv` | February 2024 in three cities: highs and lows in Celsius, rain, condition |
| `people.tsv` | 20 employees: name, born, department, city, salary, email |
| `events.jsonl` | 80 events of a web shop: time, user, event, duration_ms, some with an amount |
| `inventory.json` | two warehouses, nested: each with its items, and those with tags |
| `server.log` | 120 lines of a server's log: INFO, WARNING and ERROR |
| `minutes.txt` | minutes of a meeting: dates, numbers, e-mail and web addresses in prose |

Everything in them is invented; the domains and network addresses are those kept for examples.
"""
