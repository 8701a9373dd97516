//! The renames between Python 2 and Python 3, as CPython's `Lib/_compat_pickle.py` has them.
//!
//! Pickles below protocol 3 name classes as Python 2 does. The directions are two tables of their
//! own: several names of one version may be one name in the other.

/// A module, and a name in it.
type Name = (&'static str, &'static str);

/// Returns what Python 3 calls a global of Python 2: the module, and the name if that differs too.
pub(crate) fn to_python3(module: &str, name: &str) -> Option<(&'static str, Option<&'static str>)> {
    rename(
        module,
        name,
        "exceptions",
        "builtins",
        NAMES_TO_3,
        MODULES_TO_3,
    )
}

/// Returns what Python 2 calls a global of Python 3: the module, and the name if that differs too.
pub(crate) fn to_python2(module: &str, name: &str) -> Option<(&'static str, Option<&'static str>)> {
    rename(
        module,
        name,
        "builtins",
        "exceptions",
        NAMES_TO_2,
        MODULES_TO_2,
    )
}

fn rename(
    module: &str,
    name: &str,
    exceptions_from: &str,
    exceptions_to: &'static str,
    names: &[(Name, Name)],
    modules: &[(&str, &'static str)],
) -> Option<(&'static str, Option<&'static str>)> {
    if module == exceptions_from && EXCEPTIONS.binary_search(&name).is_ok() {
        return Some((exceptions_to, None));
    }
    if let Ok(at) = names.binary_search_by(|(from, _)| from.cmp(&(module, name))) {
        let (_, (module, name)) = names[at];
        return Some((module, Some(name)));
    }
    let at = modules
        .binary_search_by(|(from, _)| (*from).cmp(module))
        .ok()?;
    Some((modules[at].1, None))
}

/// Modules of Python 2 under their names in Python 3; `IMPORT_MAPPING`.
static MODULES_TO_3: &[(&str, &str)] = &[
    ("BaseHTTPServer", "http.server"),
    ("CGIHTTPServer", "http.server"),
    ("ConfigParser", "configparser"),
    ("Cookie", "http.cookies"),
    ("Dialog", "tkinter.dialog"),
    ("DocXMLRPCServer", "xmlrpc.server"),
    ("FileDialog", "tkinter.filedialog"),
    ("HTMLParser", "html.parser"),
    ("Queue", "queue"),
    ("ScrolledText", "tkinter.scrolledtext"),
    ("SimpleDialog", "tkinter.simpledialog"),
    ("SimpleHTTPServer", "http.server"),
    ("SimpleXMLRPCServer", "xmlrpc.server"),
    ("SocketServer", "socketserver"),
    ("StringIO", "io"),
    ("Tix", "tkinter.tix"),
    ("Tkconstants", "tkinter.constants"),
    ("Tkdnd", "tkinter.dnd"),
    ("Tkinter", "tkinter"),
    ("UserDict", "collections"),
    ("UserList", "collections"),
    ("UserString", "collections"),
    ("__builtin__", "builtins"),
    ("_abcoll", "collections.abc"),
    ("_elementtree", "xml.etree.ElementTree"),
    ("_winreg", "winreg"),
    ("anydbm", "dbm"),
    ("cPickle", "pickle"),
    ("cStringIO", "io"),
    ("commands", "subprocess"),
    ("cookielib", "http.cookiejar"),
    ("copy_reg", "copyreg"),
    ("dbhash", "dbm.bsd"),
    ("dbm", "dbm.ndbm"),
    ("dumbdbm", "dbm.dumb"),
    ("dummy_thread", "_dummy_thread"),
    ("gdbm", "dbm.gnu"),
    ("htmlentitydefs", "html.entities"),
    ("httplib", "http.client"),
    ("markupbase", "_markupbase"),
    ("repr", "reprlib"),
    ("robotparser", "urllib.robotparser"),
    ("test.test_support", "test.support"),
    ("thread", "_thread"),
    ("tkColorChooser", "tkinter.colorchooser"),
    ("tkCommonDialog", "tkinter.commondialog"),
    ("tkFileDialog", "tkinter.filedialog"),
    ("tkFont", "tkinter.font"),
    ("tkMessageBox", "tkinter.messagebox"),
    ("tkSimpleDialog", "tkinter.simpledialog"),
    ("ttk", "tkinter.ttk"),
    ("urllib2", "urllib.request"),
    ("urlparse", "urllib.parse"),
    ("whichdb", "dbm"),
    ("xmlrpclib", "xmlrpc.client"),
];

/// Modules of Python 3 under their names in Python 2; `REVERSE_IMPORT_MAPPING`.
static MODULES_TO_2: &[(&str, &str)] = &[
    ("_bz2", "bz2"),
    ("_dbm", "dbm"),
    ("_dummy_thread", "dummy_thread"),
    ("_functools", "functools"),
    ("_gdbm", "gdbm"),
    ("_markupbase", "markupbase"),
    ("_pickle", "pickle"),
    ("_thread", "thread"),
    ("builtins", "__builtin__"),
    ("collections.abc", "_abcoll"),
    ("configparser", "ConfigParser"),
    ("copyreg", "copy_reg"),
    ("dbm", "anydbm"),
    ("dbm.bsd", "dbhash"),
    ("dbm.dumb", "dumbdbm"),
    ("dbm.gnu", "gdbm"),
    ("dbm.ndbm", "dbm"),
    ("html.entities", "htmlentitydefs"),
    ("html.parser", "HTMLParser"),
    ("http.client", "httplib"),
    ("http.cookiejar", "cookielib"),
    ("http.cookies", "Cookie"),
    ("http.server", "BaseHTTPServer"),
    ("queue", "Queue"),
    ("reprlib", "repr"),
    ("socketserver", "SocketServer"),
    ("subprocess", "commands"),
    ("test.support", "test.test_support"),
    ("tkinter", "Tkinter"),
    ("tkinter.colorchooser", "tkColorChooser"),
    ("tkinter.commondialog", "tkCommonDialog"),
    ("tkinter.constants", "Tkconstants"),
    ("tkinter.dialog", "Dialog"),
    ("tkinter.dnd", "Tkdnd"),
    ("tkinter.filedialog", "tkFileDialog"),
    ("tkinter.font", "tkFont"),
    ("tkinter.messagebox", "tkMessageBox"),
    ("tkinter.scrolledtext", "ScrolledText"),
    ("tkinter.simpledialog", "tkSimpleDialog"),
    ("tkinter.tix", "Tix"),
    ("tkinter.ttk", "ttk"),
    ("urllib.parse", "urlparse"),
    ("urllib.request", "urllib2"),
    ("urllib.robotparser", "robotparser"),
    ("winreg", "_winreg"),
    ("xmlrpc.client", "xmlrpclib"),
    ("xmlrpc.server", "SimpleXMLRPCServer"),
];

/// Names that moved, or changed, on their own; `NAME_MAPPING` without [`EXCEPTIONS`].
#[rustfmt::skip]
static NAMES_TO_3: &[(Name, Name)] = &[
    (("UserDict", "IterableUserDict"), ("collections", "UserDict")),
    (("UserDict", "UserDict"), ("collections", "UserDict")),
    (("UserList", "UserList"), ("collections", "UserList")),
    (("UserString", "UserString"), ("collections", "UserString")),
    (("__builtin__", "basestring"), ("builtins", "str")),
    (("__builtin__", "intern"), ("sys", "intern")),
    (("__builtin__", "long"), ("builtins", "int")),
    (("__builtin__", "reduce"), ("functools", "reduce")),
    (("__builtin__", "unichr"), ("builtins", "chr")),
    (("__builtin__", "unicode"), ("builtins", "str")),
    (("__builtin__", "xrange"), ("builtins", "range")),
    (("_multiprocessing", "Connection"), ("multiprocessing.connection", "Connection")),
    (("_socket", "fromfd"), ("socket", "fromfd")),
    (("exceptions", "StandardError"), ("builtins", "Exception")),
    (("itertools", "ifilter"), ("builtins", "filter")),
    (("itertools", "ifilterfalse"), ("itertools", "filterfalse")),
    (("itertools", "imap"), ("builtins", "map")),
    (("itertools", "izip"), ("builtins", "zip")),
    (("itertools", "izip_longest"), ("itertools", "zip_longest")),
    (("multiprocessing", "AuthenticationError"), ("multiprocessing.context", "AuthenticationError")),
    (("multiprocessing", "BufferTooShort"), ("multiprocessing.context", "BufferTooShort")),
    (("multiprocessing", "ProcessError"), ("multiprocessing.context", "ProcessError")),
    (("multiprocessing", "TimeoutError"), ("multiprocessing.context", "TimeoutError")),
    (("multiprocessing.forking", "Popen"), ("multiprocessing.popen_fork", "Popen")),
    (("multiprocessing.process", "Process"), ("multiprocessing.context", "Process")),
    (("socket", "_socketobject"), ("socket", "SocketType")),
    (("urllib", "ContentTooShortError"), ("urllib.error", "ContentTooShortError")),
    (("urllib", "getproxies"), ("urllib.request", "getproxies")),
    (("urllib", "pathname2url"), ("urllib.request", "pathname2url")),
    (("urllib", "quote"), ("urllib.parse", "quote")),
    (("urllib", "quote_plus"), ("urllib.parse", "quote_plus")),
    (("urllib", "unquote"), ("urllib.parse", "unquote")),
    (("urllib", "unquote_plus"), ("urllib.parse", "unquote_plus")),
    (("urllib", "url2pathname"), ("urllib.request", "url2pathname")),
    (("urllib", "urlcleanup"), ("urllib.request", "urlcleanup")),
    (("urllib", "urlencode"), ("urllib.parse", "urlencode")),
    (("urllib", "urlopen"), ("urllib.request", "urlopen")),
    (("urllib", "urlretrieve"), ("urllib.request", "urlretrieve")),
    (("urllib2", "HTTPError"), ("urllib.error", "HTTPError")),
    (("urllib2", "URLError"), ("urllib.error", "URLError")),
    (("whichdb", "whichdb"), ("dbm", "whichdb")),
];

/// The same the other way; `REVERSE_NAME_MAPPING` without [`EXCEPTIONS`].
#[rustfmt::skip]
static NAMES_TO_2: &[(Name, Name)] = &[
    (("_functools", "reduce"), ("__builtin__", "reduce")),
    (("_socket", "socket"), ("socket", "_socketobject")),
    (("builtins", "BrokenPipeError"), ("exceptions", "OSError")),
    (("builtins", "ChildProcessError"), ("exceptions", "OSError")),
    (("builtins", "ConnectionAbortedError"), ("exceptions", "OSError")),
    (("builtins", "ConnectionError"), ("exceptions", "OSError")),
    (("builtins", "ConnectionRefusedError"), ("exceptions", "OSError")),
    (("builtins", "ConnectionResetError"), ("exceptions", "OSError")),
    (("builtins", "FileExistsError"), ("exceptions", "OSError")),
    (("builtins", "FileNotFoundError"), ("exceptions", "OSError")),
    (("builtins", "InterruptedError"), ("exceptions", "OSError")),
    (("builtins", "IsADirectoryError"), ("exceptions", "OSError")),
    (("builtins", "ModuleNotFoundError"), ("exceptions", "ImportError")),
    (("builtins", "NotADirectoryError"), ("exceptions", "OSError")),
    (("builtins", "PermissionError"), ("exceptions", "OSError")),
    (("builtins", "ProcessLookupError"), ("exceptions", "OSError")),
    (("builtins", "TimeoutError"), ("exceptions", "OSError")),
    (("builtins", "chr"), ("__builtin__", "unichr")),
    (("builtins", "filter"), ("itertools", "ifilter")),
    (("builtins", "int"), ("__builtin__", "long")),
    (("builtins", "map"), ("itertools", "imap")),
    (("builtins", "range"), ("__builtin__", "xrange")),
    (("builtins", "str"), ("__builtin__", "unicode")),
    (("builtins", "zip"), ("itertools", "izip")),
    (("collections", "UserDict"), ("UserDict", "IterableUserDict")),
    (("collections", "UserList"), ("UserList", "UserList")),
    (("collections", "UserString"), ("UserString", "UserString")),
    (("dbm", "whichdb"), ("whichdb", "whichdb")),
    (("functools", "reduce"), ("__builtin__", "reduce")),
    (("http.server", "CGIHTTPRequestHandler"), ("CGIHTTPServer", "CGIHTTPRequestHandler")),
    (("http.server", "SimpleHTTPRequestHandler"), ("SimpleHTTPServer", "SimpleHTTPRequestHandler")),
    (("itertools", "filterfalse"), ("itertools", "ifilterfalse")),
    (("itertools", "zip_longest"), ("itertools", "izip_longest")),
    (("multiprocessing.connection", "Connection"), ("_multiprocessing", "Connection")),
    (("multiprocessing.context", "AuthenticationError"), ("multiprocessing", "AuthenticationError")),
    (("multiprocessing.context", "BufferTooShort"), ("multiprocessing", "BufferTooShort")),
    (("multiprocessing.context", "Process"), ("multiprocessing.process", "Process")),
    (("multiprocessing.context", "ProcessError"), ("multiprocessing", "ProcessError")),
    (("multiprocessing.context", "TimeoutError"), ("multiprocessing", "TimeoutError")),
    (("multiprocessing.popen_fork", "Popen"), ("multiprocessing.forking", "Popen")),
    (("socket", "fromfd"), ("_socket", "fromfd")),
    (("sys", "intern"), ("__builtin__", "intern")),
    (("tkinter.filedialog", "FileDialog"), ("FileDialog", "FileDialog")),
    (("tkinter.filedialog", "LoadFileDialog"), ("FileDialog", "LoadFileDialog")),
    (("tkinter.filedialog", "SaveFileDialog"), ("FileDialog", "SaveFileDialog")),
    (("tkinter.simpledialog", "SimpleDialog"), ("SimpleDialog", "SimpleDialog")),
    (("urllib.error", "ContentTooShortError"), ("urllib", "ContentTooShortError")),
    (("urllib.error", "HTTPError"), ("urllib2", "HTTPError")),
    (("urllib.error", "URLError"), ("urllib2", "URLError")),
    (("urllib.parse", "quote"), ("urllib", "quote")),
    (("urllib.parse", "quote_plus"), ("urllib", "quote_plus")),
    (("urllib.parse", "unquote"), ("urllib", "unquote")),
    (("urllib.parse", "unquote_plus"), ("urllib", "unquote_plus")),
    (("urllib.parse", "urlencode"), ("urllib", "urlencode")),
    (("urllib.request", "getproxies"), ("urllib", "getproxies")),
    (("urllib.request", "pathname2url"), ("urllib", "pathname2url")),
    (("urllib.request", "url2pathname"), ("urllib", "url2pathname")),
    (("urllib.request", "urlcleanup"), ("urllib", "urlcleanup")),
    (("urllib.request", "urlopen"), ("urllib", "urlopen")),
    (("urllib.request", "urlretrieve"), ("urllib", "urlretrieve")),
    (("xmlrpc.server", "DocCGIXMLRPCRequestHandler"), ("DocXMLRPCServer", "DocCGIXMLRPCRequestHandler")),
    (("xmlrpc.server", "DocXMLRPCRequestHandler"), ("DocXMLRPCServer", "DocXMLRPCRequestHandler")),
    (("xmlrpc.server", "DocXMLRPCServer"), ("DocXMLRPCServer", "DocXMLRPCServer")),
    (("xmlrpc.server", "ServerHTMLDoc"), ("DocXMLRPCServer", "ServerHTMLDoc")),
    (("xmlrpc.server", "XMLRPCDocGenerator"), ("DocXMLRPCServer", "XMLRPCDocGenerator")),
];

/// What is `exceptions.X` in Python 2 and `builtins.X` in Python 3, in both directions.
#[rustfmt::skip]
static EXCEPTIONS: &[&str] = &[
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BufferError",
    "BytesWarning", "DeprecationWarning", "EOFError", "EnvironmentError", "Exception",
    "FloatingPointError", "FutureWarning", "GeneratorExit", "IOError", "ImportError",
    "ImportWarning", "IndentationError", "IndexError", "KeyError", "KeyboardInterrupt",
    "LookupError", "MemoryError", "NameError", "NotImplementedError", "OSError",
    "OverflowError", "PendingDeprecationWarning", "ReferenceError", "RuntimeError",
    "RuntimeWarning", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError",
    "SystemExit", "TabError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
    "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning",
    "UserWarning", "ValueError", "Warning", "ZeroDivisionError",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_as_large_as_pythons() {
        // len(_compat_pickle.IMPORT_MAPPING), …, in CPython 3.12; 3.13 dropped Tix.
        assert_eq!(MODULES_TO_3.len(), 55);
        assert_eq!(NAMES_TO_3.len() + EXCEPTIONS.len(), 88);
        assert_eq!(MODULES_TO_2.len(), 47);
        assert_eq!(NAMES_TO_2.len() + EXCEPTIONS.len(), 112);
    }

    #[test]
    fn the_tables_can_be_searched() {
        assert!(MODULES_TO_3.is_sorted() && MODULES_TO_2.is_sorted());
        assert!(NAMES_TO_3.is_sorted() && NAMES_TO_2.is_sorted() && EXCEPTIONS.is_sorted());
    }

    #[test]
    fn renames() {
        let to_3 = [
            (("__builtin__", "unicode"), Some(("builtins", Some("str")))),
            (("__builtin__", "set"), Some(("builtins", None))),
            (("copy_reg", "_reconstructor"), Some(("copyreg", None))),
            (("exceptions", "ValueError"), Some(("builtins", None))),
            (
                ("exceptions", "StandardError"),
                Some(("builtins", Some("Exception"))),
            ),
            (("urllib", "quote"), Some(("urllib.parse", Some("quote")))),
            (("collections", "OrderedDict"), None),
        ];
        for ((module, name), expected) in to_3 {
            assert_eq!(to_python3(module, name), expected, "{module}.{name}");
        }
        let to_2 = [
            (("builtins", "str"), Some(("__builtin__", Some("unicode")))),
            (("builtins", "set"), Some(("__builtin__", None))),
            (("copyreg", "_reconstructor"), Some(("copy_reg", None))),
            (
                ("builtins", "FileNotFoundError"),
                Some(("exceptions", Some("OSError"))),
            ),
            (("builtins", "KeyError"), Some(("exceptions", None))),
            (
                ("functools", "reduce"),
                Some(("__builtin__", Some("reduce"))),
            ),
            (("collections", "OrderedDict"), None),
        ];
        for ((module, name), expected) in to_2 {
            assert_eq!(to_python2(module, name), expected, "{module}.{name}");
        }
    }
}
