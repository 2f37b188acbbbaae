"""Word lists: what is left out of the index, and what programmers write for longer words."""

from __future__ import annotations

_ENGLISH = """
a about an and are as at be below but by can do for has have his how i in into is it its me more
most my no of on or other please s should such t that the them they this through to under until us
want was were will with would you
"""

_PYTHON = """
python function functions method def self cls args arg kwargs none true false return returns
returned returning raise raises param params parameter parameters example examples optional
default given write code use used using
"""

STOP_WORDS = frozenset((_ENGLISH + _PYTHON).split())
"""Words that say nothing of what an action does: of English, and of Python's documentation."""

_SHORT_FORMS = """
array: arr ndarray
average: avg
boolean: bool
calculate: calc compute computed computes computing
character: char
check: validate validates verify verifies
color: colour
column: col cols
command: cmd
concatenate: concat
config: cfg
configure: config
connection: conn
context: ctx
convert: conv transform transforms
coordinate: coord coords
count: cnt many
current: cur curr
database: db
dataframe: df
delete: del
destination: dest dst
deviation: std
dictionary: dict dicts
difference: diff
directory: dir dirs folder folders wd
distance: dist
document: doc
element: elem elems
environment: env
error: err
execute: exec
extension: ext
format: fmt
frequency: freq
function: fn func
image: img imgs
index: idx indices
information: info
initialize: init
integer: int ints
iterate: iter
length: len
library: lib
list: lst
location: loc
matrix: mat matrices
maximum: max
memory: mem
message: msg
minimum: min
multiply: mul
negative: neg
number: num nums
object: obj
package: pkg
parameter: param
password: pwd
percent: pct percentage
picture: pic
position: pos
previous: prev
process: proc
random: rand
receive: recv
record: rec
reference: ref
regular: regex regexp
remove: rem
request: req
response: resp
result: res ret
root: sqrt
separator: sep
sequence: seq
size: sz
source: src
specification: spec
statistic: stat
string: str strs
substring: substr
subtract: sub
table: tbl
temporary: temp tmp
text: txt
user: usr
utility: util utils
value: val vals
variable: var vars
vector: vec
volume: vol
window: win
"""


def _table(text: str) -> dict[str, str]:
    """Lines of `word: its short forms` as short form to word."""
    rows = [line.split(":") for line in text.split("\n") if line]
    return {short: word for word, forms in rows for short in forms.split()}


SHORT_FORMS = _table(_SHORT_FORMS)
"""Short forms, plurals of foreign make and a few words of one meaning, each with its plain word."""
