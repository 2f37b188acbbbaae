"""Which names mean what. Full names, as they are before any alias."""

from __future__ import annotations

import re

from dynasaur.capabilities.values import Kind
from dynasaur.source.text import words

_MODULES = {
    Kind.NETWORK: """
        socket ssl urllib.request urllib.robotparser http.client http.server ftplib smtplib
        smtpd imaplib poplib telnetlib nntplib xmlrpc socketserver asyncore asynchat wsgiref
        requests requests_html httpx aiohttp urllib3 httplib2 pycurl tornado.httpclient
        tornado.websocket websocket websockets paramiko fabric boto3 botocore aiobotocore
        google.cloud googleapiclient azure pymongo motor psycopg psycopg2 asyncpg pymysql MySQLdb
        mysql redis selenium playwright pyppeteer mechanize scrapy grpc zmq ddgs
        duckduckgo_search googlesearch wikipedia wikipediaapi yfinance arxiv openai anthropic
        litellm cohere huggingface_hub slack_sdk slack telegram discord tweepy praw twilio
        sendgrid pytube yt_dlp youtube_dl youtube_transcript_api scapy dns ldap3 pysftp
        elasticsearch kafka pika celery dropbox gspread webbrowser uvicorn flask fastapi""",
    Kind.HOST: "dynasaur.host",
    Kind.SUBPROCESS: "subprocess pty pexpect sh plumbum invoke commands popen2 pip ensurepip git",
    Kind.EVAL: "code codeop runpy numexpr asteval",
    Kind.SECRETS: "keyring netrc secretstorage browser_cookie3 win32crypt",
    Kind.NATIVE: "ctypes _ctypes cffi cppyy pyximport win32api winreg _winapi",
    Kind.DESERIALISATION: "pickle _pickle cPickle dill cloudpickle marshal jsonpickle shelve",
    Kind.DYNAMIC_IMPORT: "importlib imp pkgutil zipimport site",
}
"""Whole modules: whatever of them is used."""

_NAMES = {
    Kind.NETWORK: """
        asyncio.open_connection asyncio.open_unix_connection asyncio.start_server
        asyncio.start_unix_server urllib.urlopen urllib.urlretrieve nltk.download
        trafilatura.fetch_url trafilatura.fetch_response feedparser.parse
        sklearn.datasets.fetch_openml datasets.load_dataset tensorflow.keras.utils.get_file
        torch.hub.load torch.hub.download_url_to_file gdown.download wget.download
        numpy.DataSource logging.handlers.HTTPHandler logging.handlers.SocketHandler
        logging.handlers.DatagramHandler logging.handlers.SysLogHandler
        logging.handlers.SMTPHandler""",
    Kind.SUBPROCESS: """
        os.system os.popen os.fork os.forkpty os.startfile os.kill os.killpg os.posix_spawn
        os.posix_spawnp os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp
        os.execvpe os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp
        os.spawnvpe asyncio.create_subprocess_exec asyncio.create_subprocess_shell
        get_ipython().system get_ipython().getoutput get_ipython().run_line_magic
        get_ipython().run_cell_magic platform.popen multiprocessing.Process
        multiprocessing.Pool multiprocessing.pool.Pool multiprocessing.Manager
        multiprocessing.get_context().Process multiprocessing.get_context().Pool
        concurrent.futures.ProcessPoolExecutor concurrent.futures.process.ProcessPoolExecutor""",
    Kind.FILE_WRITE: """
        os.remove os.unlink os.rename os.renames os.replace os.rmdir os.removedirs os.mkdir
        os.makedirs os.symlink os.link os.chmod os.chown os.lchown os.lchmod os.truncate os.utime
        os.mkfifo os.mknod os.setxattr os.removexattr os.write os.pwrite os.ftruncate
        shutil.copy shutil.copy2 shutil.copyfile shutil.copyfileobj shutil.copymode
        shutil.copystat shutil.copytree shutil.move shutil.rmtree shutil.make_archive
        shutil.unpack_archive shutil.chown tempfile.NamedTemporaryFile tempfile.TemporaryFile
        tempfile.TemporaryDirectory tempfile.SpooledTemporaryFile tempfile.mkstemp
        tempfile.mkdtemp tempfile.mktemp dbm.open numpy.save numpy.savez numpy.savez_compressed
        numpy.savetxt numpy.memmap logging.FileHandler logging.handlers.RotatingFileHandler
        logging.handlers.TimedRotatingFileHandler matplotlib.pyplot.savefig joblib.dump
        torch.save cv2.imwrite imageio.imwrite soundfile.write zipfile.ZipFile().extract
        tarfile.open().extract tarfile.TarFile().extract""",
    Kind.EVAL: """
        builtins.eval builtins.exec builtins.compile types.FunctionType types.CodeType
        pandas.eval timeit.timeit timeit.repeat timeit.Timer get_ipython().run_cell
        get_ipython().ex get_ipython().ev sympy.parsing.sympy_parser.parse_expr sympy.sympify
        doctest.testmod doctest.testfile doctest.run_docstring_examples doctest.DocTestRunner
        cProfile.run cProfile.runctx profile.run profile.runctx pdb.run pdb.runeval pdb.runcall
        bdb.Bdb trace.Trace""",
    Kind.ENVIRONMENT: """
        os.environ os.environb os.getenv os.getenvb os.putenv os.unsetenv
        dotenv.load_dotenv dotenv.dotenv_values""",
    Kind.SECRETS: "getpass.getpass",
    Kind.NATIVE: """
        sys.setdlopenflags numpy.ctypeslib.load_library importlib.machinery.ExtensionFileLoader
        os.add_dll_directory""",
    Kind.DESERIALISATION: """
        yaml.load yaml.load_all yaml.unsafe_load yaml.unsafe_load_all yaml.full_load
        yaml.full_load_all pandas.read_pickle pandas.io.pickle.read_pickle joblib.load torch.load
        multiprocessing.connection.Client multiprocessing.connection.Listener""",
    Kind.DYNAMIC_IMPORT: """
        builtins.__import__ sys.path sys.meta_path sys.path_hooks sys.modules sys._getframe
        sys._current_frames inspect.currentframe inspect.stack gc.get_objects gc.get_referrers
        pydoc.locate pydoc.importfile pydoc.safeimport""",
}
"""Single functions, classes and variables; `()` stands for what a call gave back."""

_WRITING_METHODS = "write_text write_bytes unlink rename replace mkdir rmdir touch symlink_to "
_WRITING_METHODS += "hardlink_to link_to chmod lchmod"
_NAMES[Kind.FILE_WRITE] += " ".join(f" pathlib.Path().{name}" for name in _WRITING_METHODS.split())

MODULES = {name: kind for kind, names in _MODULES.items() for name in names.split()}
NAMES = {name: kind for kind, names in _NAMES.items() for name in names.split()}

HARMLESS = words(
    """importlib.metadata importlib.resources importlib.util.find_spec socket.gethostname
    pkgutil.iter_modules pkgutil.walk_packages pkgutil.get_data pickle.dump pickle.dumps
    pickle.HIGHEST_PROTOCOL marshal.dump marshal.dumps dill.dump dill.dumps cloudpickle.dump
    cloudpickle.dumps jsonpickle.encode subprocess.list2cmdline shelve.Shelf socket.inet_aton
    socket.inet_ntoa socket.inet_pton socket.inet_ntop socket.htons socket.ntohs socket.htonl
    socket.ntohl requests.utils.quote requests.compat ctypes.sizeof flask.json
    requests.Response requests.models.Response httpx.Response urllib3.HTTPResponse
    urllib.request.Request requests.Request httpx.Request"""
)
"""What of those modules reaches nowhere."""

_METHODS = {
    Kind.FILE_WRITE: """
        write_text write_bytes to_csv to_excel to_parquet to_feather to_hdf to_pickle to_stata
        savefig extractall tofile save""",
    Kind.SUBPROCESS: "subprocess_exec subprocess_shell",
    Kind.NETWORK: """
        create_connection create_datagram_endpoint sock_connect sock_sendto from_pretrained""",
    Kind.NATIVE: "enable_load_extension load_extension",
}
METHODS = {name: kind for kind, names in _METHODS.items() for name in names.split()}
"""Methods that say what they do whatever the object is."""

FRAMES = words(
    """__subclasses__ __globals__ __builtins__ __code__ __closure__ __loader__ f_globals f_builtins
    f_locals f_back gi_frame gi_code cr_frame ag_frame tb_frame func_globals"""
)
"""Attributes that lead from any object to the whole interpreter."""

FRAMES_IN_TEXT = re.compile(r"\{[^{}]*[.\[](?:" + "|".join(sorted(FRAMES)) + r")\b[^{}]*\}")
"""A text to be formatted that follows such attributes: `"{0.__init__.__globals__}"`."""

REACHING = words(
    """os posix nt sys subprocess builtins importlib shutil socket ctypes pickle marshal pty code
    runpy urllib requests httpx dynasaur dynasaur.host"""
)
"""Modules that are worth hiding: what is taken from them by a name made at run time is told."""

CODECS = words(
    """unicode_escape unicode-escape raw_unicode_escape rot13 rot_13 hex hex_codec base64
    base64_codec zlib zlib_codec bz2 bz2_codec uu punycode utf_7 utf-7 utf7 idna"""
)
"""Codecs that turn text into other text."""

DECODERS = words(
    """base64.b64decode base64.b32decode base64.b16decode base64.b85decode base64.a85decode
    base64.standard_b64decode base64.urlsafe_b64decode base64.decodebytes base64.decodestring
    binascii.a2b_base64 binascii.unhexlify binascii.a2b_hex zlib.decompress gzip.decompress
    bz2.decompress lzma.decompress codecs.decode builtins.bytes.fromhex
    builtins.bytearray.fromhex builtins.chr marshal.loads"""
)
"""What turns a text that nobody can read into code."""

PATHS_OF_SECRETS = re.compile(
    r"(?:^|[/\\])(?:\.ssh|\.gnupg|\.netrc|_netrc|\.git-credentials|\.pypirc|\.npmrc|\.pgpass"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)|wallet\.dat|Login Data|\.vault-token|\.my\.cnf"
    r"|\.(?:bash|zsh|python|psql|mysql)_history)(?:$|[/\\])|[/\\]\.env$"
    r"|(?:^|[/\\])\.(?:aws/credentials|aws|kube/config|kube|docker/config\.json|azure|config/gcloud"
    r"|config/gh|cache/huggingface/token|huggingface/token|cargo/credentials)"
    r"(?:$|/)|^/etc/(?:shadow|sudoers|gshadow)|^/proc/(?:self|\d+)/environ"
    r"|^(?:/var)?/run/secrets(?:$|/)"
)

_CONSTANT = re.compile(r"(?:subprocess|socket|ssl|http|pickle|zmq|grpc)\..*\b[A-Z][A-Z0-9_]*")
_FAILURE = re.compile(r"\w*(?:Error|Exception|Warning|Timeout|Expired|Exists)")
_PLAIN_PARTS = frozenset({"exceptions", "errors", "CompletedProcess", "status_codes", "codes"})


def kind_of(name: str) -> Kind | None:
    """What a full name lets code do; None for nothing that matters."""
    if name in NAMES:
        return NAMES[name]
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        prefix = ".".join(parts[:length]).removesuffix("()")
        if prefix in HARMLESS:
            return None
        if prefix in MODULES:
            inside = [part.removesuffix("()") for part in parts[length:]]
            harmless = name.removesuffix("()") in HARMLESS
            plain = _FAILURE.fullmatch(inside[-1]) or not _PLAIN_PARTS.isdisjoint(inside)
            constant = _CONSTANT.fullmatch(name)
            return None if harmless or plain or constant else MODULES[prefix]
    return None


def is_reply(name: str) -> bool:
    """`requests.post().text`: of what a function gave, where it is of no kind of its own.

    Of what a class made (`requests.Session().get`) and of replies' own doings it is none.
    """
    made, _, rest = name.rpartition("().")
    last = made.rpartition(".")[2]
    return bool(rest) and last[:1].islower() and "()" not in made and kind_of(made) == kind_of(name)
