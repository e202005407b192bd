"""Reads C++ as text: comments and literals blanked, includes and functions found.

Good enough for code that clang-format has laid out; it is no parser. Every function keeps the
number and place of lines, so that what a check finds can be named by line.
"""

import os
import re

SOURCE_SUFFIXES = (".cc", ".h")
SKIPPED_FOLDERS = ("build", "build-asan", "build-fuzz", "devnet", "node_modules", "__pycache__")

_TOKEN = re.compile(
    r'//[^\n]*'                                        # line comment
    r'|/\*.*?\*/'                                      # block comment
    r'|R"(?P<mark>[^ ()\\\t\n]{0,16})\(.*?\)(?P=mark)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'                            # string
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",          # character, not the ' of 1'000
    re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def _blanks(text):
    return re.sub(r'[^\n]', ' ', text)


def strip_comments(text):
    """Comments become blanks, literals stay."""
    return _TOKEN.sub(lambda m: _blanks(m.group()) if m.group().startswith('/') else m.group(), text)


def strip_all(text):
    """Comments and literals become blanks; the quotes of a literal stay, so that it is still a term."""
    def blank(match):
        token = match.group()
        if token.startswith('/'):
            return _blanks(token)
        return token[0] + _blanks(token[1:-1]) + token[-1]
    return _TOKEN.sub(blank, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def includes(text):
    """(line, '<' or '"', what) of every include."""
    clean = strip_comments(text)
    return [(line_of(clean, m.start(1)), m.group(1), m.group(2)) for m in _INCLUDE.finditer(clean)]


def _drop_directives(clean):
    """Preprocessor lines, continued ones too, become blanks: their braces need not pair."""
    return re.sub(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', lambda m: _blanks(m.group()), clean,
                  flags=re.MULTILINE)


def _kind_of_brace(head, outer):
    """'scope' (namespace, class, enum), 'function', or 'other' (initialiser, block, lambda)."""
    if outer != 'scope':
        return 'other'
    if re.search(r'\b(namespace|extern)\b', head) and '(' not in head:
        return 'scope'
    if (re.search(r'\b(class|struct|union|enum)\b', head)
            and not re.search(r'\)\s*(const\b|noexcept\b|->|:|$)', head)):
        return 'scope'
    if ')' not in head or head.count('(') != head.count(')') or head.rstrip().endswith('='):
        return 'other'
    if re.search(r'\)\s*(noexcept\s*)?:(?!:)', head) and not head.rstrip().endswith((')', '}')):
        return 'other'  # a brace in a constructor's initialiser list
    return 'function'


def functions(text):
    """(name, first line, lines) of every function body, counted from its brace to its brace.

    A lambda belongs to the function around it, or to the variable it starts."""
    clean = _drop_directives(strip_all(text))
    found, stack, head_start = [], [], 0
    for match in re.finditer(r'[{};]', clean):
        mark, at = match.group(), match.start()
        outer = stack[-1][0] if stack else 'scope'
        if mark == '{':
            head = clean[head_start:at]
            kind = _kind_of_brace(head, outer)
            stack.append((kind, head, line_of(clean, at)))
            if kind != 'other':
                head_start = at + 1
        elif mark == ';':
            if outer == 'scope':
                head_start = at + 1
        elif stack:
            kind, head, first = stack.pop()
            if kind == 'function':
                name = re.findall(r'([~\w:]+)\s*\(', head)
                found.append((name[0] if name else '?', first, line_of(clean, at) - first + 1))
            if kind != 'other':
                head_start = at + 1
    return found


def source_files(root, suffixes=SOURCE_SUFFIXES):
    """Paths relative to root, sorted, of what we write ourselves."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders
                            if not f.startswith('.') and f not in SKIPPED_FOLDERS
                            and not f.startswith('build-'))
        for name in names:
            if name.endswith(suffixes):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8') as file:
        return file.read()
