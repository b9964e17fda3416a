"""Another machine: whatever a program asks about where it is, the answer there is another one."""

import os
import sys
from pathlib import Path

import pytest
from kernel_cases import unit_of

from halfway.kit import callers, only_story
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.subject import elsewhere

PLACES = {
    "host": "socket.gethostname()", "host, whole": "socket.getfqdn()", "node": "platform.node()",
    "uname": "os.uname().nodename", "HOSTNAME": "os.environ.get('HOSTNAME')", "user": "getpass.getuser()",
    "USER": "os.environ.get('USER')", "home": "str(Path.home())", "folder": "os.getcwd()",
    "folder, by pathlib": "str(Path.cwd())", "a file, made absolute": "os.path.abspath('keys.txt')",
    "file": "__file__", "package": "__name__", "setting": "os.environ.get('KEY_SECRET')",
    "a setting of one word": "'STAGE' in os.environ", "a setting with a name made up": "os.getenv('A' + 'B')",
    "encoding": "locale.getpreferredencoding(False)", "encoding of files": "sys.getfilesystemencoding()",
    "byte order": "sys.byteorder", "byte order of a number": "(1).to_bytes(8, sys.byteorder)",
    "packed": "struct.pack('q', 1)", "packed with gaps": "struct.pack('b l 2h', 1, 2, 3, 4)",
    "packed by an object": "struct.Struct(b'=i').pack(1)",
    "unpacked": "struct.unpack('@i', bytes([0, 0, 0, 1]))",
    "UTF-16": "'disk'.encode('utf-16')", "UTF-32": "'disk'.encode(encoding='UTF32')",
    "UTF-16, by its class": "str.encode('disk', 'u16', 'strict')",
    "UTF-16, by a list": "list(map(str.encode, ['disk'], ['utf-16']))",
    "UTF-16, made": "bytes('disk', 'utf-16')", "UTF-32, made": "bytearray('disk', encoding='utf_32')",
    "UTF-16, by codecs": "codecs.encode('disk', 'utf-16')",
    "UTF-32, looked up": "codecs.lookup('utf-32')[0]('disk')",
    "UTF-16, by its name": "codecs.utf_16_encode('disk')[0]",
    "UTF-16, bit by bit": "b''.join(codecs.iterencode('disk', 'utf-16'))",
    "UTF-16, in a file": "written('disk', encoding='utf-16')",
    "marks": "codecs.BOM, codecs.BOM_UTF16, codecs.BOM_UTF32",
    "UTF-16 without a mark": "b'd\\0i\\0'.decode('utf-16')",
    "UTF-32 without a mark": "str(b'd\\0\\0\\0', 'utf-32', 'replace')",
    "memory": "array.array('I', [1, 2]).tobytes()",
    "memory, hashed": "hashlib.sha256(array.array('H', [1])).hexdigest()",
    "memory, read": "array.array('i', bytes([0, 0, 0, 1]))[0]",
    "name of a file": "os.fsencode('\u00e4')", "name of a file, read": "os.fsdecode(b'\\xc3\\xa4')",
    "text file": "written('\u00e4')", "user by number": "os.getuid()",
    "user, looked up": "__import__('pwd').getpwuid(os.getuid()).pw_name",
    "group by number": "os.getgid()",
    "network card": "uuid.getnode()",
    "version": "str(sys.version_info)",
    "version, in short": "'%s.%s' % sys.version_info[:2]",
    "version, as a number": "sys.hexversion", "version of tables": "unicodedata.unidata_version",
    "tables": "unicodedata.name('\u0378', '')", "packed bytes": "zlib.compress(b'disk-7')",
    "pickle": "__import__('pickle').dumps('disk-7')",
    "marshal": "__import__('marshal').dumps(['disk-7', 1])",
    "packed bytes, gzip": "gzip.compress(b'disk-7', mtime=0)",
    "numbers": "locale.format_string('%d', 1000, grouping=True)",
    "process": "os.getpid()", "hash": "hash('disk-7')", "zone": "time.tzname[0]",
    "offset": "time.timezone", "local time": "time.localtime(0).tm_min", "language": "locale.getlocale()[0]",
    "LANG": "os.environ.get('LANG')", "Python": "platform.python_version()", "Python, whole": "sys.version",
    "interpreter": "sys.executable", "program": "sys.argv[0]", "processor": "platform.machine()",
    "processors": "os.cpu_count()", "thread": "threading.current_thread().name",
}  # fmt: skip
SAME = [
    "sys.platform",
    "struct.pack('<lb', 1, 2) + struct.pack('>lb', 1, 2) + struct.Struct('!q').pack(1)",
    "struct.unpack('@bhln', struct.pack('@bhln', 1, 2, 3, 4))",
    "int.from_bytes((1).to_bytes(8, sys.byteorder), sys.byteorder)",
    "__import__('shutil').get_terminal_size()",
    "memoryview(array.array('q', [1])).tobytes().hex() + sys.byteorder",
    "'d\u00e4'.encode() + 'd\u00e4'.encode('utf-16-le') + 'd'.encode('utf-32-be') + 'd'.encode('utf-8-sig')",
    "'d\u00e4'.encode('utf-16').decode('UTF_16') + bytes('d', 'u32').decode('utf-32')",
    "codecs.decode(codecs.encode('disk', 'utf-16'), 'utf-16')",
    "b'\\xff\\xfed\\0'.decode('utf-16') + b'\\xfe\\xff\\0d'.decode('utf-16')",
    "struct.unpack('=3H', 'di'.encode('utf-16'))",
    "'disk'.encode('utf-16').startswith(codecs.BOM_UTF16)",
    "io.TextIOWrapper(io.BytesIO('d\u00e4'.encode('utf-16')), encoding='utf-16').read()",
    "failures(lambda: 'd'.encode('none'), lambda: 'd'.encode(7), lambda: b'd'.decode('utf-16'))",
    "Name('d').encode('utf-16')",
    "in_network_order(array.array('I', [1, 2])).tobytes()",
    "array.array('h', [3, 1, 2])[1:][::-1].tolist()",
    "changed(array.array('I', [1, 2, 3]))",
    "sum(array.array('d', [0.5, 1.5])), max(array.array('q', [-1, 2]))",
    "isinstance(array.array('B'), array.array), array.array('B', b'ab').tobytes()",
    "os.fsencode('disk-7.txt'), os.fsdecode(b'disk-7.txt'), os.fsencode(b'\\xe4')",
    "written('disk'), written('\u00e4', encoding='utf-8')",
    "[isinstance(file, io.TextIOWrapper) for file in (sys.__stdout__, io.TextIOWrapper(io.BytesIO()))]",
    "sys.version_info[:2] == (sys.version_info.major, sys.version_info.minor) < (4, 0)",
    "sys.version_info[1] + 0",
    "zlib.decompress(zlib.compress(b'disk' * 99, 9)), gzip.decompress(gzip.compress(b'disk'))",
    "unpacked(zlib.compressobj(wbits=-15))",
    "[module.loads(module.dumps(['disk-7', 1])) for module in map(__import__, ('pickle', 'marshal'))]",
    "__import__('pickle').dumps('disk-7', protocol=3) + __import__('marshal').dumps('disk-7', 2)",
    "unicodedata.name('d'), unicodedata.category('\u00e4'), unicodedata.normalize('NFC', 'a\u0308')",
    "str(uuid.uuid5(uuid.NAMESPACE_URL, 'disk-7'))",
    "__import__('re').findall('[a-z\u0400-\u0600]+', 'ab, \u0401')",
    "__name__ == '__main__'",
    "Path('a') / 'b' == Path('a/b')",
    "sys.version_info >= (3, 11)",
]
PROGRAM = """
    import array, codecs, getpass, gzip, hashlib, io, locale, os, platform, socket, struct, sys, threading
    import time, unicodedata, uuid, zlib
    from pathlib import Path

    class Name(str):
        def encode(self, encoding):
            return encoding

    def written(text, **how):
        held = io.BytesIO()
        file = io.TextIOWrapper(held, **how)
        file.write(text)
        file.flush()
        return held.getvalue()

    def failures(*calls):
        failed = []
        for call in calls:
            try:
                call()
            except Exception as error:
                failed.append(type(error).__name__)
        return failed

    def in_network_order(numbers):
        if sys.byteorder == "little":
            numbers.byteswap()
        return numbers

    def changed(numbers):
        numbers.append(4)
        numbers.extend([5, 6])
        numbers.insert(0, 9)
        numbers[1] = 8
        numbers[2:4] = array.array("I", [7])
        numbers.remove(4)
        numbers += array.array("I", [1]) * 2
        numbers.reverse()
        last = numbers.pop(), numbers.pop(0), numbers[-1], numbers.count(1), numbers.index(6), 6 in numbers
        return last, list(numbers), numbers == array.array("I", list(numbers)), repr(numbers), len(numbers)

    def unpacked(packer):
        data = packer.compress(b"disk") + packer.compress(b"-7") + packer.flush()
        return zlib.decompress(data, -15)

    def key():
        return {place}
"""


def here_and_there(place, link):
    """What the program gives on this machine, and on the other one."""
    with unit_of(PROGRAM.format(place=place), link=link) as unit:
        story = only_story(unit)
        with story.process():
            here = unit.key()
        return here, story.other_machine(unit.key)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_what_depends_on_the_machine_is_another_there(place):
    """A key that holds it is another key on another machine."""
    here, there = here_and_there(place, Direct)
    assert here != there


@pytest.mark.parametrize("place", SAME)
def test_what_is_the_same_on_a_fleet_is_the_same_there(place):
    """Right programs ask such things, and are not refused."""
    here, there = here_and_there(place, Direct)
    assert here == there


def test_only_the_other_process_has_moved():
    """The judge, and a subject that lives in it, stay where they are."""
    before = Path.cwd(), sys.version, os.environ.get("HOSTNAME"), sys.executable
    here_and_there("os.getcwd()", Direct)
    assert (Path.cwd(), sys.version, os.environ.get("HOSTNAME"), sys.executable) == before
    assert elsewhere.HOST not in (os.environ.get("HOSTNAME"), os.uname().nodename)


def test_a_program_over_a_pipe_is_not_elsewhere():
    """A bare process is on this machine, until somebody asks for another one."""
    here, there = here_and_there("__file__", Pipe)
    assert here.startswith("<")
    assert there.startswith(elsewhere.FOLDER)


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_an_assert_does_nothing_there(link):
    """What it does besides is gone, as under `python -O`."""
    source = """
        told = []
        assert not told.append(1)

        def key():
            return told, __debug__
    """
    with unit_of(source, link=link) as unit:
        story = only_story(unit)
        assert (unit.key(), story.other_machine(unit.key)) == (([1], True), ([], False))


def test_a_file_of_tests_keeps_its_asserts():
    """They are what it is for."""
    with unit_of("def test_it():\n    assert False\n") as unit, pytest.raises(AssertionError):
        only_story(unit).other_machine(unit.test_it)


def imported(name):
    """A caller who imports the program by its own name."""
    import program

    return program.known(name)


def test_the_module_has_another_name_there_and_callers_find_it():
    """It is part of a package: under its own name only those know it who call it."""
    source = """
        import sys

        def known(name):
            return name in sys.modules
    """
    with unit_of(source) as unit:
        story = only_story(unit)

        def asked():
            return [callers(unit, imported).imported(name) for name in ("program", "elsewhere.program")]

        with story.process():
            here = asked()
        assert (here, story.other_machine(asked)) == ([True, False], [False, True])
