"""Another machine: whatever a program asks about where it is, the answer there is another one."""

import os
import sys
from pathlib import Path

import pytest
from kernel_cases import unit_of

from halfway.kit import only_story
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
    "__import__('array').array('q', [1]).tobytes().hex() + sys.byteorder",
    "__import__('re').findall('[a-z\u0400-\u0600]+', 'ab, \u0401')",
    "__name__ == '__main__'",
    "Path('a') / 'b' == Path('a/b')",
    "sys.version_info >= (3, 11)",
]
PROGRAM = """
    import getpass, locale, os, platform, socket, struct, sys, threading, time
    from pathlib import Path

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
