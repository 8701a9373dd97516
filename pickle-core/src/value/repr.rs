//! Python's `repr`.

use std::collections::HashSet;
use std::fmt::{self, Write};

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::{GlobalRef, Opaque, Value, dict, pprint, set, text};
use crate::float;
use crate::read::Construction;

/// Shows a value as Python's `repr` does: bytes, text, a number, any [`Value`].
///
/// ```
/// # use pickle_core as pickle;
/// let bytes = [0x80, 0x04, 0x95, 0x23];
/// assert_eq!(pickle::repr(&bytes).to_string(), r"b'\x80\x04\x95#'");
/// assert_eq!(pickle::repr("it's").to_string(), r#""it's""#);
/// assert_eq!(pickle::repr(&1e16).to_string(), "1e+16");
/// assert_eq!(pickle::repr(&true).to_string(), "True");
/// ```
pub fn repr<T: Repr + ?Sized>(value: &T) -> impl fmt::Display {
    Shown(value)
}

/// What [`repr`](fn@repr) can show.
pub trait Repr {
    /// Writes what Python's `repr` returns.
    ///
    /// # Errors
    ///
    /// When the formatter fails.
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

struct Shown<'a, T: ?Sized>(&'a T);

impl<T: Repr + ?Sized> fmt::Display for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_repr(f)
    }
}

macro_rules! repr {
    ($(($($generics:tt)*) $type:ty: |$this:ident, $f:ident| $body:expr;)*) => {$(
        impl<$($generics)*> Repr for $type {
            fn fmt_repr(&self, $f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let $this = self;
                $body
            }
        }
    )*};
}
repr! {
    () str: |this, f| write_text(this.as_bytes(), f);
    () String: |this, f| write_text(this.as_bytes(), f);
    () [u8]: |this, f| write_bytes(this, f);
    () Vec<u8>: |this, f| write_bytes(this, f);
    (const N: usize) [u8; N]: |this, f| write_bytes(this, f);
    () f64: |this, f| f.write_str(&float::repr(*this));
    () bool: |this, f| f.write_str(if *this { "True" } else { "False" });
    () i64: |this, f| fmt::Display::fmt(this, f);
    () Value: |this, f| write_to(this, f);
    ('a, T: Repr + ?Sized) &'a T: |this, f| (**this).fmt_repr(f);
}

/// Python's `repr` of a `str`, given as generalized UTF-8.
pub(crate) fn write_text(text: &[u8], out: &mut dyn Write) -> fmt::Result {
    let quote = quote(text);
    out.write_char(quote)?;
    let mut rest = text;
    loop {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                write_chars(valid, quote, out)?;
                return out.write_char(quote);
            }
            Err(error) => {
                let (valid, surrogate) = rest.split_at(error.valid_up_to());
                write_chars(&String::from_utf8_lossy(valid), quote, out)?;
                for point in text::code_points(surrogate).take(1) {
                    write!(out, "\\u{point:04x}")?;
                }
                rest = surrogate.get(3..).unwrap_or_default();
            }
        }
    }
}

fn write_chars(text: &str, quote: char, out: &mut dyn Write) -> fmt::Result {
    let mut written = 0;
    for (at, char) in text.char_indices() {
        if char != quote && char != '\\' && is_printable(char) {
            continue;
        }
        out.write_str(&text[written..at])?;
        written = at + char.len_utf8();
        match char {
            '\t' => out.write_str("\\t")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\\' | '\'' | '"' => write!(out, "\\{char}")?,
            ..='\u{FF}' => write!(out, "\\x{:02x}", u32::from(char))?,
            ..='\u{FFFF}' => write!(out, "\\u{:04x}", u32::from(char))?,
            _ => write!(out, "\\U{:08x}", u32::from(char))?,
        }
    }
    out.write_str(&text[written..])
}

/// Python's `str.isprintable`, by a newer Unicode than Python's: it knows more characters.
fn is_printable(char: char) -> bool {
    match char {
        ' '..='~' => true,
        ..'\u{A0}' => false,
        _ => !matches!(
            char.general_category_group(),
            GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator
        ),
    }
}

/// Python's `repr` of `bytes`.
pub(super) fn write_bytes(bytes: &[u8], out: &mut dyn Write) -> fmt::Result {
    write_quoted(bytes, quote(bytes), out)
}

/// Python's `repr` of a `bytearray`, which escapes single quotes inside double ones, too.
pub(super) fn write_byte_array(bytes: &[u8], out: &mut dyn Write) -> fmt::Result {
    out.write_str("bytearray(")?;
    write_quoted(bytes, '\'', out)?;
    out.write_char(')')
}

fn write_quoted(bytes: &[u8], escaped: char, out: &mut dyn Write) -> fmt::Result {
    let quote = quote(bytes);
    out.write_char('b')?;
    out.write_char(quote)?;
    for &byte in bytes {
        match byte {
            b'\t' => out.write_str("\\t")?,
            b'\n' => out.write_str("\\n")?,
            b'\r' => out.write_str("\\r")?,
            b' '..=b'~' => {
                let char = char::from(byte);
                if char == '\\' || char == escaped {
                    out.write_char('\\')?;
                }
                out.write_char(char)?;
            }
            _ => write!(out, "\\x{byte:02x}")?,
        }
    }
    out.write_char(quote)
}

/// Single quotes, unless double ones save escapes.
fn quote(text: &[u8]) -> char {
    if text.contains(&b'\'') && !text.contains(&b'"') {
        '"'
    } else {
        '\''
    }
}

/// Python's `repr` of a class or function, as far as its name tells.
pub(super) fn write_global(global: &GlobalRef, out: &mut dyn Write) -> fmt::Result {
    let (module, qualname) = (global.module(), global.qualname().to_string_lossy());
    let builtin = *module == "builtins" || *module == "__builtin__";
    let name = qualname.rsplit('.').next().unwrap_or_default();
    let kind = match &*qualname {
        "Ellipsis" | "NotImplemented" if builtin => return out.write_str(&qualname),
        _ if builtin && !qualname.contains('.') && TYPES.contains(&name) => "class",
        _ if name.starts_with(char::is_uppercase) => "class",
        _ if builtin && !qualname.contains('.') => {
            return write!(out, "<built-in function {name}>");
        }
        _ => "global",
    };
    write!(out, "<{kind} '")?;
    write_name(global, out)?;
    out.write_str("'>")
}

/// The dotted name, without the module if that is `builtins`.
fn write_name(global: &GlobalRef, out: &mut dyn Write) -> fmt::Result {
    if *global.module() != *"builtins" {
        write!(out, "{}.", global.module().to_string_lossy())?;
    }
    out.write_str(&global.qualname().to_string_lossy())
}

/// The classes among Python's builtins whose names have no capital.
const TYPES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "int",
    "list",
    "map",
    "memoryview",
    "object",
    "property",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

/// How much is written before shared parts that were shown already are shown as `[...]`: a few
/// hundred bytes of data that share can stand for more text than there is memory.
pub(super) const EXPANDED: usize = 16 << 20;

/// The strings that are shown again for all that. A name stays readable at every place.
const SHORT: usize = 64;

/// Python's `repr` of any value; in the alternate form, the layout of `pprint`.
pub(super) fn show(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match f.alternate() {
        true => pprint::write(value, f),
        false => write_to(value, f),
    }
}

/// Python's `repr` of any value, without recursion.
pub(super) fn write_to(value: &Value, out: &mut dyn Write) -> fmt::Result {
    Writer::run(value, out, false)
}

/// As `pprint` shows it on one line: dicts are sorted.
pub(super) fn write_sorted(value: &Value, out: &mut dyn Write) -> fmt::Result {
    Writer::run(value, out, true)
}

/// What [`write_sorted`] writes, if it takes no more than so many columns.
pub(super) fn at_most(value: &Value, columns: isize) -> Option<String> {
    let mut bounded = Bounded {
        text: String::new(),
        columns,
    };
    // Each entry takes four columns and more: a long dict need not be sorted to know that.
    let least = value.as_dict().map_or(0, |dict| 4 * dict.len());
    let fits = isize::try_from(least).is_ok_and(|least| least <= columns.max(2));
    (fits && write_sorted(value, &mut bounded).is_ok()).then_some(bounded.text)
}

struct Bounded {
    text: String,
    columns: isize,
}

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.columns = self.columns.saturating_sub_unsigned(text.chars().count());
        self.text.push_str(text);
        match self.columns < 0 {
            true => Err(fmt::Error),
            false => Ok(()),
        }
    }
}

/// How many columns the `repr` of text takes.
pub(super) fn text_columns(text: &[u8]) -> isize {
    columns(|out| write_text(text, out))
}

/// How many columns the `repr` of bytes takes.
pub(super) fn bytes_columns(bytes: &[u8]) -> isize {
    columns(|out| write_bytes(bytes, out))
}

fn columns(write: impl FnOnce(&mut dyn Write) -> fmt::Result) -> isize {
    struct Columns(isize);
    impl Write for Columns {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.saturating_add_unsigned(text.chars().count());
            Ok(())
        }
    }
    let mut columns = Columns(0);
    match write(&mut columns) {
        Ok(()) => columns.0,
        Err(fmt::Error) => isize::MAX,
    }
}

/// The code points of generalized UTF-8, and where each starts.
pub(super) fn chars(text: &[u8]) -> impl Iterator<Item = (usize, u32)> {
    let mut at = 0;
    text::code_points(text).map(move |point| {
        let start = at;
        at += match point {
            0..0x80 => 1,
            0x80..0x800 => 2,
            0x800..0x1_0000 => 3,
            _ => 4,
        };
        (start, point)
    })
}

struct Writer<'a, 'o> {
    out: Counted<'o>,
    stack: Vec<Frame<'a>>,
    /// The addresses of the shared objects that were written.
    seen: HashSet<*const ()>,
    /// Whether dicts are sorted, which are in lists, tuples and dicts alone.
    sorted: bool,
    /// How many frames there were when that ended.
    unsorted: usize,
}

/// What is written to, and how much was.
pub(super) struct Counted<'o> {
    out: &'o mut dyn Write,
    written: usize,
    chars: usize,
}

impl<'o> Counted<'o> {
    pub(super) fn new(out: &'o mut dyn Write) -> Self {
        Self {
            out,
            written: 0,
            chars: 0,
        }
    }

    /// Whether no more should be written than must be.
    pub(super) fn is_full(&self) -> bool {
        self.written > EXPANDED
    }

    pub(super) fn chars(&self) -> usize {
        self.chars
    }
}

impl Write for Counted<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.written += text.len();
        self.chars += text.chars().count();
        self.out.write_str(text)
    }
}

/// An object whose type has a `repr`.
struct Own<'a>(&'a super::Object);

impl fmt::Display for Own<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.repr(f) {
            Some(result) => result,
            None => write!(f, "<{} object>", self.0.class()),
        }
    }
}

enum Frame<'a> {
    Items {
        items: std::slice::Iter<'a, Value>,
        before: &'static str,
        end: &'static str,
    },
    Elements {
        elements: set::Iter<'a>,
        before: &'static str,
        end: &'static str,
    },
    Entries {
        entries: dict::Iter<'a>,
        before: &'static str,
        value: Option<&'a Value>,
    },
    Sorted {
        entries: std::vec::IntoIter<(&'a Value, &'a Value)>,
        before: &'static str,
        value: Option<&'a Value>,
    },
    Text(&'static str),
}

enum Part<'a> {
    /// A value, and what stands before it.
    Value(&'static str, &'a Value),
    End(&'static str),
}

impl<'a> Frame<'a> {
    fn next(&mut self) -> Part<'a> {
        let (before, value, end) = match self {
            Self::Items { items, before, end } => (before, items.next(), *end),
            Self::Elements {
                elements,
                before,
                end,
            } => (before, elements.next(), *end),
            Self::Entries {
                entries,
                before,
                value,
            } => {
                if let Some(value) = value.take() {
                    return Part::Value(": ", value);
                }
                let entry = entries.next();
                *value = entry.map(|(_, value)| value);
                (before, entry.map(|(key, _)| key), "}")
            }
            Self::Sorted {
                entries,
                before,
                value,
            } => {
                if let Some(value) = value.take() {
                    return Part::Value(": ", value);
                }
                let entry = entries.next();
                *value = entry.map(|(_, value)| value);
                (before, entry.map(|(key, _)| key), "}")
            }
            Self::Text(text) => return Part::End(text),
        };
        match value {
            Some(value) => Part::Value(std::mem::replace(before, ", "), value),
            None => Part::End(end),
        }
    }
}

impl<'a, 'o> Writer<'a, 'o> {
    fn run(value: &'a Value, out: &'o mut dyn Write, sorted: bool) -> fmt::Result {
        let mut writer = Self {
            out: Counted::new(out),
            stack: Vec::new(),
            seen: HashSet::new(),
            sorted,
            unsorted: usize::MAX,
        };
        writer.open(value)?;
        while let Some(frame) = writer.stack.last_mut() {
            match frame.next() {
                Part::Value(before, value) => {
                    writer.out.write_str(before)?;
                    writer.open(value)?;
                }
                Part::End(text) => {
                    writer.stack.pop();
                    if writer.stack.len() <= writer.unsorted {
                        writer.unsorted = usize::MAX;
                    }
                    writer.out.write_str(text)?;
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, value: &'a Value) -> fmt::Result {
        if self.skips(shared(value)) {
            return self.out.write_str(match value {
                Value::List(_) => "[...]",
                Value::Tuple(_) => "(...)",
                Value::FrozenSet(_) => "frozenset({...})",
                Value::Dict(_) | Value::Set(_) => "{...}",
                Value::Str(_) => "'...'",
                Value::Bytes(_) => "b'...'",
                Value::ByteArray(_) => "bytearray(b'...')",
                _ => "<...>",
            });
        }
        let out = &mut self.out;
        let (open, frame) = match value {
            Value::None => return out.write_str("None"),
            Value::Bool(true) => return out.write_str("True"),
            Value::Bool(false) => return out.write_str("False"),
            Value::Int(int) => return write!(out, "{int}"),
            Value::Float(float) => return out.write_str(&float::repr(*float)),
            Value::Str(text) => return write_text(text.as_wtf8(), out),
            Value::Bytes(bytes) => return write_bytes(bytes, out),
            Value::ByteArray(array) => return write_byte_array(array, out),
            Value::Global(global) => return write_global(global, out),
            Value::Object(object) => return write!(out, "{}", Own(object)),
            Value::Opaque(instance) => return self.instance(instance),
            Value::Set(set) if set.is_empty() => return out.write_str("set()"),
            Value::FrozenSet(set) if set.is_empty() => return out.write_str("frozenset()"),
            Value::List(list) => ("[", items(list, "]")),
            Value::Tuple(tuple) => ("(", items(tuple, if tuple.len() == 1 { ",)" } else { ")" })),
            Value::Set(set) => ("{", elements(set.iter(), "}")),
            Value::FrozenSet(set) => ("frozenset({", elements(set.iter(), "})")),
            Value::Dict(dict) if self.sorted && self.unsorted == usize::MAX => (
                "{",
                Frame::Sorted {
                    entries: pprint::sorted_entries(dict).into_iter(),
                    before: "",
                    value: None,
                },
            ),
            Value::Dict(dict) => (
                "{",
                Frame::Entries {
                    entries: dict.iter(),
                    before: "",
                    value: None,
                },
            ),
        };
        out.write_str(open)?;
        self.stack.push(frame);
        Ok(())
    }

    /// Whether something that may be shared is to be left out, having been written before.
    fn skips(&mut self, address: Option<*const ()>) -> bool {
        address.is_some_and(|address| !self.seen.insert(address)) && self.out.is_full()
    }

    fn name(&mut self, global: &'a GlobalRef) -> fmt::Result {
        if self.skips(shared_name(global)) {
            return self.out.write_str("...");
        }
        write_name(global, &mut self.out)
    }

    fn instance(&mut self, instance: &'a Opaque) -> fmt::Result {
        self.unsorted = self.unsorted.min(self.stack.len());
        if let Some(class) = instance.class() {
            self.out.write_str("<")?;
            self.name(class)?;
            return self.out.write_str(" object>");
        }
        if instance.construction() != Construction::Reduce {
            return self.out.write_str("<object>");
        }
        if let Some(name) = nameless(instance) {
            return write!(self.out, "<class '{name}'>");
        }
        let args = instance.args();
        let frame = match self.skips(args.is_shared().then(|| args.address())) {
            true => Frame::Text("...)"),
            false => items(args, ")"),
        };
        self.stack.push(frame);
        match instance.callable() {
            Value::Global(callable) => {
                self.name(callable)?;
                self.out.write_str("(")
            }
            // Through the stack, for a callable may be the result of a call, and so on.
            other => {
                self.stack.push(Frame::Text("("));
                self.stack.push(items(std::slice::from_ref(other), ""));
                Ok(())
            }
        }
    }
}

/// The classes that have no name to be pickled by, and are written as `type(None)`.
fn nameless(call: &Opaque) -> Option<&'static str> {
    match (call.callable().as_global()?, &call.args()[..]) {
        (callable, [of]) if callable.is("builtins", "type") => match of {
            Value::None => Some("NoneType"),
            Value::Global(name) if name.is("builtins", "Ellipsis") => Some("ellipsis"),
            Value::Global(name) if name.is("builtins", "NotImplemented") => {
                Some("NotImplementedType")
            }
            _ => None,
        },
        _ => None,
    }
}

fn items<'a>(items: &'a [Value], end: &'static str) -> Frame<'a> {
    Frame::Items {
        items: items.iter(),
        before: "",
        end,
    }
}

fn elements<'a>(elements: set::Iter<'a>, end: &'static str) -> Frame<'a> {
    Frame::Elements {
        elements,
        before: "",
        end,
    }
}

/// The address of something that may be reached over several ways and is long enough to matter.
fn shared(value: &Value) -> Option<*const ()> {
    match value {
        Value::Str(text) if text.as_wtf8().len() > SHORT && text.is_shared() => {
            Some(text.address())
        }
        Value::Bytes(bytes) if bytes.len() > SHORT && bytes.is_shared() => Some(bytes.address()),
        Value::ByteArray(array) if array.len() > SHORT && array.is_shared() => {
            Some(array.address())
        }
        Value::Int(int) => int.shared_address(),
        Value::Global(global) => shared_name(global),
        _ => value
            .container()
            .and_then(|(address, shared)| shared.then_some(address)),
    }
}

fn shared_name(global: &GlobalRef) -> Option<*const ()> {
    let len = global.module().as_wtf8().len() + global.qualname().as_wtf8().len();
    (len > SHORT).then(|| global.address())
}
