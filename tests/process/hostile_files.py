"""
Files from strangers, one for every number: damaged, shuffled, made up, or made to do harm.

`hostile_file` gives bytes, which need not be UTF-8. The same number gives the same file.
"""

from __future__ import annotations

import random

from tests.process.small_file import BASE

from salesflow.process.load import catalog_names, catalog_text

# The small file three times: it is read ten times as fast, and says every key there is.
REAL = [BASE, BASE, BASE, *map(catalog_text, catalog_names())]
PIECES = [b"", b'"', b"'''", b'"""', b"[[", b"]", b"=", b"\n", b"{}", b".", b"#", b"\\", b"\x00"]
ALPHABET = "[]{}=\"'.,#\n\\ abé1-:_T\x00\ud800\u2028"
LITERALS = [
    *("1", "-1", "0", "1.5", "inf", "nan", "1e400", "0x7fffffffffffffff", "99999999999999999999"),
    *("true", "false", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z"),
    *('""', '"x"', '"talk"', '"5 days"', '"999999999 weeks"', '"any"', '"*"', '"date:due"'),
    *('"\\u0000"', '"\\u001b[2J"', '"\\U0010ffff"', '"' + "x" * 5000 + '"', "'''\n'''"),
]
CODE = [
    "__import__('os').system('touch hacked')",
    "().__class__.__bases__[0].__subclasses__()",
    "(lambda: 1)()",
    "eval('1')",
    "exec('import socket')",
    "open('/etc/passwd').read()",
    "[x for x in (1,)]",
    "f'{need}'",
    "need if need else need",
    "(need := 1)",
    "need.__class__",
    "budget ** 9 ** 9 ** 9",
    "'a' * 999999999 == 'b'",
    "not " * 120 + "need",
    "(" * 400 + "need" + ")" * 50,
    "-" * 490 + "1 == deciders",
    "need" + " and need" * 50,
    "deciders >= " + "9" * 400,
    "deciders >= 1e999",
    "due >= '9999-99-99'",
    "await need",
    "yield",
    "need; need",
    "need # and",
    "\u2060need",
    "nееd",  # noqa: RUF001 - letters of another alphabet that look alike
    "*need, need",
    "{**need}",
    "...",
    "deciders in deciders",
    "os.system",
    "subprocess.getoutput",
]
ZONES = [
    *(
        "../../../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        "UTC\\u0000",
        "posixrules",
        "zone.tab",
    ),
    *("localtime", "right/UTC", "C:\\\\windows", "Europe", "tzdata.zi", "utc", "a" * 300),
]


def hostile_file(number: int) -> bytes:
    """Return the file of that number."""
    dice = random.Random(number)
    make = dice.choices(list(_KINDS), list(_KINDS.values()))[0]
    return make(dice)


def _damaged(dice: random.Random) -> bytes:
    """A real file with some of its bytes changed, moved, doubled or lost."""
    data = dice.choice(REAL).encode()
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(data))
        patch = dice.choice([data[start : start + dice.randint(0, 40)], dice.choice(PIECES)])
        if dice.random() < 0.3:
            patch = dice.randbytes(dice.randint(1, 4))
        where = dice.randrange(len(data))
        data = data[:where] + patch + data[where + dice.randint(0, 5) :]
    return data


def _shuffled(dice: random.Random) -> bytes:
    """Real lines, some of them lost, doubled or out of order."""
    lines = BASE.splitlines(keepends=True)
    for _ in range(dice.randint(1, 5)):
        start, where = dice.randrange(len(lines)), dice.randrange(len(lines))
        lines[where : where + dice.randint(0, 2)] = lines[start : start + dice.randint(0, 3)]
    return "".join(lines).encode()


def _literal(dice: random.Random, depth: int = 0) -> str:
    if depth < 3 and dice.random() < 0.3:
        inner = [_literal(dice, depth + 1) for _ in range(dice.randint(0, 3))]
        keys = ["id", "if", "after", "inbound", "add", "k"]
        pairs = (f"{dice.choice(keys)} = {item}" for item in inner[:1])
        return dice.choice([f"[{', '.join(inner)}]", f"{{ {', '.join(pairs)} }}"])
    return dice.choice(LITERALS)


def _other_values(dice: random.Random) -> bytes:
    """Real keys with other values."""
    lines = BASE.splitlines()
    pairs = [row for row, line in enumerate(lines) if " = " in line]
    for row in dice.sample(pairs, dice.randint(1, 4)):
        lines[row] = f"{lines[row].split(' = ')[0]} = {_literal(dice)}"
    return "\n".join(lines).encode()


def _text(dice: random.Random) -> bytes:
    """Any text, of the characters of TOML or of any others."""
    size = dice.choice([0, 1, 5, 40, 400])
    letters = (dice.choice(ALPHABET) for _ in range(size))
    others = (chr(dice.randrange(0x11000)) for _ in range(size))
    return "".join(dice.choice([letters, others])).encode(errors="surrogatepass")


def _bytes(dice: random.Random) -> bytes:
    """Any bytes."""
    return dice.randbytes(dice.choice([0, 1, 5, 40, 400, 4000]))


def _code(dice: random.Random) -> bytes:
    """A gate, a name or a text that looks like code, where a program might run it."""
    code = dice.choice(CODE)
    quoted = "'''" + code + " '''"
    line = dice.choice(['when = "need"', 'reason = "silence"', 'role = "boss"', 'id = "cold"'])
    text = BASE.replace(line, f"{line.split(' = ')[0]} = {quoted}")
    if dice.random() < 0.7:
        text = text.replace('exit = ["deciders >= 1"]', f"exit = [{quoted}]")
    return text.encode()


def _zone(dice: random.Random) -> bytes:
    """A zone or a country that is a path."""
    zone = dice.choice(ZONES)
    text = BASE.replace('timezone = "UTC"', f'timezone = "{zone}"')
    text = text.replace('add = ["2026-12-02"]', f'country = "{dice.choice(ZONES)}"')
    return text.encode()


def _large(dice: random.Random) -> bytes:
    """Much of one thing: nesting, parts of keys, digits, rows, wrong names."""
    size = dice.choice([10, 100, 1000])
    return dice.choice(
        [
            "a = " + "[" * size,
            "a = " + "{a=" * size,
            "a." * size + "a = 1",
            "[" + "a." * size + "a]",
            "a = " + "9" * size,
            '"' + "k" * size + '" = 1',
            BASE + "[[stages]]\nid = 'talk'\n" * (size // 10),
            BASE + "".join(f"[[stages]]\nie = 's{i}'\n" for i in range(size // 10)),
            BASE + "".join(f"[[moves]]\nfrom = 'tolk'\nto = 'l{i}'\n" for i in range(size // 10)),
            "[facts]\n" + "".join(f"f{i} = {{}}\n" for i in range(size // 10)) + BASE,
            BASE.replace('title = ""', "x" * size),
            BASE + "x = '''" + "\n" * size + "'''",
            "\n".join(f"k{i} = 1" for i in range(size // 10)) + "\n" + BASE,
        ]
    ).encode()


_KINDS = {
    _damaged: 45,
    _shuffled: 10,
    _other_values: 20,
    _text: 7,
    _bytes: 3,
    _code: 8,
    _zone: 3,
    _large: 4,
}
"""What is made, and how often of a hundred times."""
