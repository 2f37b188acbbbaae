"""What the planner knows of everyday English: synonyms, harmless words, number words.

Each line of `SYNONYMS` is one concept: its first word names it, the others mean the same; an
underscore joins the words of a phrase. Words that stand in no list mean themselves, and have to be
accounted for.
"""

from __future__ import annotations


def _in_order(text: str) -> list[str]:
    return text.split()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SYNONYMS = """
mean average avg
sum total altogether overall combined add_up adds_up in_all
count tally how_many number_of total_number_of how_often how_many_times number_of_times
max maximum highest largest biggest greatest most top maximal
min minimum lowest smallest least fewest bottom minimal
median
mode most_common most_frequent most_often commonest most_frequently
occurrence occur appear how_many_times how_often number_of_times
sort sorted order_by ordered order rank arrange in_order ascending descending alphabetical
descending decreasing high_to_low highest_first largest_first biggest_first newest_first
descending highest_to_lowest largest_to_smallest most_expensive_first
unique distinct different deduplicate without_duplicates without_repeats
unique remove_duplicates drop_duplicates duplicates_removed
standard_deviation std stdev deviation
percentile quantile
percent percentage share proportion fraction
filter filtered
common intersection shared in_both both overlap in_common
missing absent but_not not_in not_present_in
union
greatest_common_divisor gcd greatest_common_factor hcf highest_common_factor largest_common_divisor
least_common_multiple lcm lowest_common_multiple smallest_common_multiple
factor factorize factorise factorization factorisation
prime
convert conversion
checksum hash digest
size byte bytes how_big how_large
weekday day_of_the_week day_of_week which_day what_day
match regex regular_expression pattern
contain mention include
add after later plus
multiply multiplied times product
divide divided quotient
remainder modulo mod
power raised exponent
square_root sqrt
reverse backwards
above over more_than greater_than larger_than higher_than bigger_than exceeding exceed
above older_than longer_than >
below < under less_than fewer_than lower_than smaller_than cheaper_than younger_than shorter_than
at_least >= or_more minimum_of
at_most <= or_less up_to
latest newest most_recent last
earliest oldest first
between
before ago
until till
since
not no except excluding without other_than
or either neither
third
per each every
then
if
than
during
"""

HARMLESS = _words(
    """
    a an the this that these those there here it its their them of in on at from for to with
    within into inside as is are was were be been do does did has have had having can could
    would will shall should may might i me my we us our you your please kindly tell give show
    let know want need like what which who whose how find get compute calculate determine work
    out report return print display list answer figure provide using use given following value
    result and hello hi hey thank just exactly quickly so ok okay all any where only also
    about say state see up appear found called named much many s re ve ll whats come go among
    across evaluate out extract using identify look read name placed made recorded exist exists
    happened took happen made make makes making brought bring generated generate live lives lived
    living fall falls work works mentioned everything anything pay pays paid released published =
    sold occurred
    came
    """
)
"""Words that ask or join, and change nothing in what is to be computed."""

LISTED = _words("list item element set array number value word")
"""Nouns for what a list in the task's text holds."""

CONTEXT = _words(
    """
    file csv tsv json jsonl xlsx txt excel table sheet spreadsheet data dataset column field
    row record entry item list text document attached attachment folder directory log sentence
    paragraph phrase string
    """
)
"""Nouns of the material: accounted for by any composition that reads a file."""

STRUCTURE = _words(
    """
    read load open get of by in from to the with for column row table file path text list item
    value number numeric data json csv tsv jsonl xlsx excel and as is at a an on object
    document field all cell result string name group extract find evaluate arithmetic parse compute
    calculate
    """
)
"""Words of an action's name that say what passes through it, not what it does."""

NUMBERS = {
    word: number
    for number, word in enumerate(
        _in_order(
            """
            zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
            fifteen sixteen seventeen eighteen nineteen twenty
            """
        )
    )
}
"""Number words that are read as digits."""

QUALITIES = {
    "cheapest": ("min", "price cost"),
    "priciest": ("max", "price cost"),
    "costliest": ("max", "price cost"),
    "oldest": ("max", "age"),
    "youngest": ("min", "age"),
    "heaviest": ("max", "weight mass"),
    "lightest": ("min", "weight mass"),
    "tallest": ("max", "height"),
    "longest": ("max", "length duration minutes runtime"),
    "shortest": ("min", "length duration minutes runtime height"),
    "fastest": ("max", "speed"),
    "slowest": ("min", "speed"),
    "newest": ("max", "date"),
    "latest": ("max", "date"),
    "earliest": ("min", "date"),
    "older": ("above", "age"),
    "younger": ("below", "age"),
    "cheaper": ("below", "price cost"),
    "heavier": ("above", "weight mass"),
    "lighter": ("below", "weight mass"),
    "taller": ("above", "height"),
    "longer": ("above", "length duration minutes runtime"),
    "shorter": ("below", "length duration minutes runtime height"),
}
"""Adjectives that name both what is sought and the column that it is about."""

COLUMN_WORDS = {
    "cost": ("price",),
    "expensive": ("price", "cost"),
    "cheap": ("price", "cost"),
    "old": ("age",),
    "paid": ("price", "amount"),
    "earn": ("salary", "wage", "income"),
    "sold": ("quantity", "units"),
    "bought": ("quantity",),
    "unit": ("quantity",),
    "spend": ("amount", "cost", "price", "expense"),
    "spent": ("amount", "cost", "price", "expense"),
    "temperature": ("temp",),
    "temp": ("temperature",),
    "quantity": ("qty",),
    "amount": ("amt",),
    "department": ("dept",),
    "population": ("pop",),
    "populous": ("population",),
    "who": ("name", "person", "employee", "customer", "user", "student", "player"),
    "when": ("date", "day", "year"),
    "where": ("city", "location", "place", "address", "country"),
}
"""Words that stand for a column of another name where that is the only one meant."""

HINTS = {
    "start": "from since between after starting",
    "end": "to until till and through before",
    "by": "by per each every which what across",
    "column": "by of",
    "from_unit": "from",
    "to_unit": "to in into",
    "date": "after from on of is was",
    "others": "from and with",
    "value": "is equals equal = was be",
    "phrase": "word with containing contain contains mention mentions mentioning say saying says "
    "phrase string having have has includes include including letter term",
    "pattern": "pattern regex expression matching match matches",
    "n": "top first",
    "percent": "percentile",
}
"""Words that lead to the argument for a parameter of this name, and are accounted for by it."""

GIVES = {
    "value": "filter",
    "phrase": "contain",
    "pattern": "match",
    "start": "between date",
    "end": "between date",
    "date": "date",
    "days": "add",
    "unit": "convert unit",
    "algorithm": "checksum",
}
"""Concepts that a parameter of this name, once bound, names as if the task had said them."""

ROWS = """
order sale transaction purchase invoice expense payment booking
person people employee staff worker member customer user student name
product item article
"""
"""Nouns, a group a line, of which one may name the rows of a file named by another."""

ADDITIVE = _words(
    """
    revenue sales amount quantity units sold profit loss income spend spending expenses turnover
    goals points wins votes downloads views visits clicks hours donations payments budget
    population area people inhabitants
    """
)
"""Headers of quantities of which a group has the sum: a region's revenue is its rows' total."""

INTRINSIC = _words(
    """
    price age height weight rating score temperature salary wage length width depth duration speed
    size elevation rate grade mark mass date year
    """
)
"""Headers of quantities that belong to one thing, however many rows are about it."""

IDENTIFIERS = _words("id no nr code zip phone number isbn sku")
"""Last words of headers whose numbers only name something."""

RATED = _words("score rating grade mark points")
"""Last words of headers of which more is better."""

MULTIPLES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
"""Words that multiply the number before them."""

UNITS = _words(
    """
    c f k mm cm m km km2 m2 kg g mg lb lbs usd eur gbp pct percent min mins minutes s sec secs
    seconds h hrs hours ms mb gb kb kwh ft in mi mph kmh
    """
)
"""Last words of headers that only say the unit."""
