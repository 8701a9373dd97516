//! The layout of Python's `pprint`, without recursion.

use std::fmt::{self, Write};

use super::repr::{self, Counted};
use super::{Dict, Text, Value, order};

/// `pprint.pprint`'s default.
const WIDTH: isize = 80;

/// Writes a value as `pprint.pformat(value)` of Python 3.13 lays it out: 80 columns wide, dicts
/// sorted, sets of several lines too. Where that would take more than [`repr::EXPANDED`], what remains stays on one line.
pub(super) fn write(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut printer = Printer {
        out: Counted::new(f),
        stack: Vec::new(),
    };
    let place = Place {
        indent: 0,
        allowance: 0,
        level: 0,
    };
    printer.format(value, place)?;
    while let Some(frame) = printer.stack.pop() {
        printer.step(frame)?;
    }
    Ok(())
}

struct Printer<'a, 'f> {
    out: Counted<'f>,
    stack: Vec<Frame<'a>>,
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place {
    /// The columns before it.
    indent: isize,
    /// The columns that are needed behind it.
    allowance: isize,
    level: usize,
}

/// What is left of a container.
struct Frame<'a> {
    rest: Rest<'a>,
    first: bool,
    place: Place,
    end: &'static str,
}

enum Rest<'a> {
    Items(std::vec::IntoIter<&'a Value>),
    Entries(std::vec::IntoIter<(&'a Value, &'a Value)>),
}

impl Rest<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Items(items) => items.len() == 0,
            Self::Entries(entries) => entries.len() == 0,
        }
    }
}

impl<'a> Printer<'a, '_> {
    fn format(&mut self, value: &'a Value, place: Place) -> fmt::Result {
        let width = WIDTH - place.indent - place.allowance;
        if let Some(text) = repr::at_most(value, width) {
            return self.out.write_str(&text);
        }
        if self.out.is_full() {
            return repr::write_sorted(value, &mut self.out);
        }
        let inside = Place {
            level: place.level + 1,
            ..place
        };
        match value {
            Value::Dict(dict) => self.open("{", entries(dict), inside, "}"),
            Value::List(list) => self.open("[", items(list.iter()), inside, "]"),
            Value::Tuple(tuple) => {
                let end = if tuple.len() == 1 { ",)" } else { ")" };
                self.open("(", items(tuple.iter()), inside, end)
            }
            Value::Set(set) if !set.is_empty() => self.open("{", sorted(set.iter()), inside, "}"),
            Value::FrozenSet(set) if !set.is_empty() => {
                let indent = inside.indent + "frozenset(".len() as isize;
                let inside = Place { indent, ..inside };
                self.open("frozenset({", sorted(set.iter()), inside, "})")
            }
            Value::Str(text) if !text.is_empty() => self.text(text, inside),
            Value::Bytes(bytes) => self.bytes(bytes, inside),
            Value::ByteArray(bytes) => {
                self.out.write_str("bytearray(")?;
                let inside = Place {
                    indent: inside.indent + "bytearray(".len() as isize,
                    allowance: inside.allowance + 1,
                    level: inside.level + 1,
                };
                self.bytes(bytes, inside)?;
                self.out.write_char(')')
            }
            _ => repr::write_to(value, &mut self.out),
        }
    }

    fn open(&mut self, open: &str, rest: Rest<'a>, place: Place, end: &'static str) -> fmt::Result {
        self.out.write_str(open)?;
        self.stack.push(Frame {
            rest,
            first: true,
            place: Place {
                indent: place.indent + 1,
                allowance: place.allowance + end.len() as isize,
                ..place
            },
            end,
        });
        Ok(())
    }

    /// Writes the next item of a container.
    fn step(&mut self, mut frame: Frame<'a>) -> fmt::Result {
        if frame.rest.is_empty() {
            return self.out.write_str(frame.end);
        }
        if !std::mem::take(&mut frame.first) {
            self.out.write_char(',')?;
            self.line(frame.place.indent)?;
        }
        let mut place = frame.place;
        let next = match &mut frame.rest {
            Rest::Items(items) => items.next(),
            Rest::Entries(entries) => match entries.next() {
                Some((key, value)) => {
                    let chars = self.out.chars();
                    repr::write_sorted(key, &mut self.out)?;
                    self.out.write_str(": ")?;
                    place.indent += (self.out.chars() - chars) as isize;
                    Some(value)
                }
                None => None,
            },
        };
        if !frame.rest.is_empty() {
            place.allowance = 1;
        }
        self.stack.push(frame);
        next.map_or(Ok(()), |value| self.format(value, place))
    }

    /// Goes to a column of the next line.
    fn line(&mut self, indent: isize) -> fmt::Result {
        self.out.write_char('\n')?;
        for _ in 0..indent {
            self.out.write_char(' ')?;
        }
        Ok(())
    }

    /// A long str: its lines, and their words, one `repr` below the other.
    fn text(&mut self, text: &Text, mut place: Place) -> fmt::Result {
        let parens = place.level == 1;
        if parens {
            place.indent += 1;
            place.allowance += 1;
        }
        let chunks = chunks(text.as_wtf8(), place);
        let parens = parens && chunks.len() > 1;
        if parens {
            self.out.write_char('(')?;
        }
        for (nth, chunk) in chunks.iter().enumerate() {
            if nth > 0 {
                self.line(place.indent)?;
            }
            repr::write_text(chunk, &mut self.out)?;
        }
        match parens {
            true => self.out.write_char(')'),
            false => Ok(()),
        }
    }

    /// Long bytes, as many fours of them in a line as there is room for.
    fn bytes(&mut self, bytes: &[u8], mut place: Place) -> fmt::Result {
        if bytes.len() <= 4 {
            return repr::write_bytes(bytes, &mut self.out);
        }
        let parens = place.level == 1;
        if parens {
            place.indent += 1;
            place.allowance += 1;
            self.out.write_char('(')?;
        }
        let last = bytes.len() / 4 * 4;
        let mut width = WIDTH - place.indent;
        let (mut start, mut end) = (0, 0);
        while end < bytes.len() {
            let next = bytes.len().min(end + 4);
            if end == last {
                width -= place.allowance;
            }
            if end > start && repr::bytes_columns(&bytes[start..next]) > width {
                repr::write_bytes(&bytes[start..end], &mut self.out)?;
                self.line(place.indent)?;
                start = end;
            }
            end = next;
        }
        repr::write_bytes(&bytes[start..], &mut self.out)?;
        match parens {
            true => self.out.write_char(')'),
            false => Ok(()),
        }
    }
}

fn items<'a>(items: impl Iterator<Item = &'a Value>) -> Rest<'a> {
    Rest::Items(items.collect::<Vec<_>>().into_iter())
}

fn sorted<'a>(elements: impl Iterator<Item = &'a Value>) -> Rest<'a> {
    Rest::Items(order::sort(elements.collect(), |element| element).into_iter())
}

fn entries(dict: &Dict) -> Rest<'_> {
    Rest::Entries(sorted_entries(dict).into_iter())
}

/// The entries in the order of their keys.
pub(super) fn sorted_entries(dict: &Dict) -> Vec<(&Value, &Value)> {
    order::sort(dict.iter().collect(), |(key, _)| key)
}

/// The pieces of a long str.
fn chunks(text: &[u8], place: Place) -> Vec<&[u8]> {
    let lines = lines(text);
    let mut chunks = Vec::new();
    let width = WIDTH - place.indent;
    for (nth, &line) in lines.iter().enumerate() {
        let last_line = nth == lines.len() - 1;
        let room = width - if last_line { place.allowance } else { 0 };
        if repr::text_columns(line) <= room {
            chunks.push(line);
            continue;
        }
        let words = words(line);
        let (mut start, mut end) = (0, 0);
        for (nth, word) in words.iter().enumerate() {
            let next = end + word;
            let last = last_line && nth == words.len() - 1;
            let room = width - if last { place.allowance } else { 0 };
            if end > start && repr::text_columns(&line[start..next]) > room {
                chunks.push(&line[start..end]);
                start = end;
            }
            end = next;
        }
        chunks.push(&line[start..end]);
    }
    chunks
}

/// Python's `str.splitlines(True)`.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut chars = repr::chars(text).peekable();
    while let Some((_, point)) = chars.next() {
        let is_end = matches!(
            point,
            0x0A..=0x0D | 0x1C..=0x1E | 0x85 | 0x2028 | 0x2029
        );
        let pair = point == 0x0D && chars.peek().is_some_and(|(_, next)| *next == 0x0A);
        if is_end && !pair {
            let end = chars.peek().map_or(text.len(), |(next, _)| *next);
            lines.push(&text[start..end]);
            start = end;
        }
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

/// The lengths of the words of a line, each with the space behind it: `re.findall(r'\S*\s*', line)`.
fn words(line: &[u8]) -> Vec<usize> {
    let mut words = Vec::new();
    let (mut start, mut in_space) = (0, false);
    for (at, point) in repr::chars(line) {
        let is_space = is_space(point);
        if in_space && !is_space {
            words.push(at - start);
            start = at;
        }
        in_space = is_space;
    }
    words.push(line.len() - start);
    words
}

/// Python's `str.isspace`.
fn is_space(point: u32) -> bool {
    matches!(point, 0x1C..=0x1F) || char::from_u32(point).is_some_and(char::is_whitespace)
}
