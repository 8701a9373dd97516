//! Places in a value by the notation of error paths: `$.orders[3]['name']`.

use super::{Bytes, Int, Text, Tuple, Value};
use crate::error::{Error, ErrorKind, Result, quoted};

impl Value {
    /// Returns the part of the value at a path, in the notation of [`Error::path`]: `.name` is an
    /// attribute of an instance or a key of a dict, `[3]` an item of a sequence, `[-1]` the last
    /// one, `['a key']` the value of a dict's key, which is written as in Python. `$` is the value
    /// itself.
    ///
    /// An instance that is data ([`Opaque`](super::Opaque)) has `.args`, `.kwargs` and `.__dict__`
    /// (its state) besides its attributes, and the items that it was given.
    ///
    /// # Errors
    ///
    /// When there is no such part: a `KeyError`, `IndexError` or `AttributeError` as in Python, with
    /// the path up to there. When the path itself cannot be read, a `ValueError`.
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let value = pickle::value!({"orders": [{"name": "tea"}, {(1, "x"): b"yes"}]});
    /// assert_eq!(value.path("$.orders[0].name")?, "tea");
    /// assert_eq!(value.path("$['orders'][-1][(1, 'x')]")?.as_bytes(), Some(&b"yes"[..]));
    ///
    /// let error = value.path("$.orders[2].name").unwrap_err();
    /// assert_eq!(error.to_string(), "list index out of range\n  in $.orders[2]");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn path(&self, path: &str) -> Result<&Value> {
        let mut place = self;
        for step in parse(path)? {
            place = step
                .of(place)
                .ok_or_else(|| step.missing(place.missing_of(&step), path))?;
        }
        Ok(place)
    }

    /// Returns the part of the value at a path, to be changed. What is shared on the way to it is
    /// copied first; elements of sets and keys cannot be changed.
    ///
    /// # Errors
    ///
    /// As [`path`](Self::path).
    ///
    /// ```
    /// # use pickle_core as pickle;
    /// let mut value = pickle::value!({"orders": [{"name": "tea"}]});
    /// let before = value.clone();
    /// *value.path_mut("$.orders[0].name")? = "cups".into();
    /// assert_eq!(value.to_string(), "{'orders': [{'name': 'cups'}]}");
    /// assert_eq!(before.to_string(), "{'orders': [{'name': 'tea'}]}");
    /// # Ok::<(), pickle::Error>(())
    /// ```
    pub fn path_mut(&mut self, path: &str) -> Result<&mut Value> {
        let mut place = self;
        for step in parse(path)? {
            let missing = place.missing_of(&step);
            place = step
                .of_mut(place)
                .ok_or_else(|| step.missing(missing, path))?;
        }
        Ok(place)
    }

    /// What Python raises for a part that is not there.
    fn missing_of(&self, step: &Step<'_>) -> Missing {
        match (self, &step.way) {
            (Self::Dict(_), _) => Missing::Key,
            (_, Way::Name(_)) => Missing::Attribute(self.type_name().into_owned()),
            (Self::List(_), Way::Key(Value::Int(_))) => Missing::Index("list"),
            (Self::Tuple(_), Way::Key(Value::Int(_))) => Missing::Index("tuple"),
            (Self::Set(_) | Self::FrozenSet(_), Way::Key(Value::Int(_))) => Missing::Index("set"),
            _ => Missing::Subscript(self.type_name().into_owned()),
        }
    }
}

/// One step of a path, and where it ends in the text.
struct Step<'p> {
    way: Way<'p>,
    end: usize,
}

enum Way<'p> {
    Name(&'p str),
    Key(Value),
}

enum Missing {
    Key,
    Index(&'static str),
    Attribute(String),
    Subscript(String),
}

impl Step<'_> {
    fn of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        match (&self.way, value) {
            (Way::Name(name), Value::Opaque(instance)) => {
                instance.attribute(name).or_else(|| match *name {
                    "args" => Some(instance.args_value()),
                    "kwargs" => instance.kwargs().map(|_| instance.kwargs_value()),
                    "__dict__" => instance.state(),
                    _ => None,
                })
            }
            (Way::Name(name), Value::Dict(dict)) => dict.get(*name),
            (Way::Name(_), _) => None,
            (Way::Key(key), Value::Set(set)) => set.iter().nth(index(key, set.len())?),
            (Way::Key(key), Value::FrozenSet(set)) => set.iter().nth(index(key, set.len())?),
            (Way::Key(key), Value::Opaque(instance)) => {
                let pairs = instance.pairs().filter(|(known, _)| known == key);
                let by_key = pairs.map(|(_, value)| value).last().into_iter();
                let position = key.as_i64().and_then(|at| usize::try_from(at).ok());
                by_key
                    .chain(position.and_then(|at| instance.items().nth(at)))
                    .next()
            }
            (Way::Key(key), value) => value.get(key),
        }
    }

    fn of_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        match (&self.way, value) {
            (Way::Name(name), Value::Opaque(instance)) => {
                if instance.attribute(name).is_some() {
                    return instance.attribute_mut(name);
                }
                match *name {
                    "__dict__" => instance.state_mut(),
                    _ => None,
                }
            }
            (Way::Name(name), Value::Dict(dict)) => dict.get_mut(*name),
            (Way::Name(_), _) => None,
            (Way::Key(key), value) => value.get_mut(key),
        }
    }

    #[cold]
    fn missing(&self, missing: Missing, path: &str) -> Error {
        let (message, python_type) = match (missing, &self.way) {
            (Missing::Key, Way::Name(name)) => (quoted(name), "KeyError"),
            (Missing::Key, Way::Key(key)) => (key.to_string(), "KeyError"),
            (Missing::Index(kind), _) => (format!("{kind} index out of range"), "IndexError"),
            (Missing::Attribute(kind), Way::Name(name)) => (
                format!("'{kind}' object has no attribute '{name}'"),
                "AttributeError",
            ),
            (Missing::Subscript(kind) | Missing::Attribute(kind), _) => {
                (format!("'{kind}' object has no such item"), "TypeError")
            }
        };
        Error::new(ErrorKind::MissingAttribute, message)
            .raised_as(python_type)
            .in_path(&path[..self.end])
    }
}

/// A position, as Python counts.
fn index(key: &Value, len: usize) -> Option<usize> {
    let number = key.as_i64()?;
    match usize::try_from(number) {
        Ok(index) => Some(index),
        Err(_) => len.checked_sub(usize::try_from(number.unsigned_abs()).ok()?),
    }
}

/// How deep a key's tuples may nest.
const DEPTH: usize = 64;

fn parse(path: &str) -> Result<Vec<Step<'_>>> {
    let mut parser = Parser {
        rest: path.strip_prefix('$').unwrap_or(path),
    };
    let mut steps = Vec::new();
    while !parser.rest.is_empty() {
        let way = parser.way().ok_or_else(|| malformed(path, parser.rest))?;
        let end = path.len() - parser.rest.len();
        steps.push(Step { way, end });
    }
    Ok(steps)
}

#[cold]
fn malformed(path: &str, rest: &str) -> Error {
    let at = path.len() - rest.len();
    let message = format!("{} is no path: see byte {at}", quoted(path));
    Error::new(ErrorKind::Literal, message)
        .note("a path is like $.orders[3]['name']: `.name`, `[index]` and `[key]`")
}

struct Parser<'p> {
    rest: &'p str,
}

impl<'p> Parser<'p> {
    fn way(&mut self) -> Option<Way<'p>> {
        if self.eat("[") {
            let key = self.literal(0)?;
            return self.eat("]").then_some(Way::Key(key));
        }
        // The first name needs no dot.
        self.eat(".");
        let name = self.until(&['.', '[']);
        (!name.is_empty()).then_some(Way::Name(name))
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn until(&mut self, ends: &[char]) -> &'p str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        text
    }

    fn literal(&mut self, depth: usize) -> Option<Value> {
        match self.rest.as_bytes() {
            [b'(', ..] if depth < DEPTH => self.tuple(depth),
            [quote @ (b'\'' | b'"'), ..] => {
                let text = self.quoted(char::from(*quote))?;
                let text = Text::from_wtf8(text.into_iter().flat_map(wtf8).collect::<Vec<_>>());
                Some(text.ok()?.into())
            }
            [b'b', quote @ (b'\'' | b'"'), ..] => {
                self.eat("b");
                let bytes = self.quoted(char::from(*quote))?;
                let bytes: Option<Vec<u8>> = bytes.into_iter().map(|c| c.try_into().ok()).collect();
                Some(Bytes::from(bytes?).into())
            }
            _ => match self.until(&[',', ')', ']']).trim() {
                "None" => Some(Value::None),
                "True" => Some(true.into()),
                "False" => Some(false.into()),
                number => match number.parse::<num_bigint::BigInt>() {
                    Ok(int) => Some(Int::from(int).into()),
                    Err(_) => number.parse::<f64>().ok().map(Value::from),
                },
            },
        }
    }

    fn tuple(&mut self, depth: usize) -> Option<Value> {
        self.eat("(");
        let mut items = Vec::new();
        while !self.eat(")") {
            items.push(self.literal(depth + 1)?);
            let more = self.eat(",");
            self.rest = self.rest.trim_start();
            if !more && !self.rest.starts_with(')') {
                return None;
            }
        }
        Some(Tuple::from(items).into())
    }

    /// The code points between quotes.
    fn quoted(&mut self, quote: char) -> Option<Vec<u32>> {
        let mut points = Vec::new();
        let mut chars = self.rest.char_indices();
        chars.next();
        while let Some((at, char)) = chars.next() {
            if char == quote {
                self.rest = &self.rest[at + 1..];
                return Some(points);
            }
            if char != '\\' {
                points.push(char.into());
                continue;
            }
            let digits = match chars.next()?.1 {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                char => {
                    points.push(match char {
                        't' => '\t'.into(),
                        'n' => '\n'.into(),
                        'r' => '\r'.into(),
                        '\\' | '\'' | '"' => char.into(),
                        _ => return None,
                    });
                    continue;
                }
            };
            let text: String = chars.by_ref().take(digits).map(|(_, char)| char).collect();
            points.push(
                u32::from_str_radix(&text, 16)
                    .ok()
                    .filter(|p| *p <= 0x10_FFFF)?,
            );
        }
        None
    }
}

/// A code point in generalized UTF-8.
fn wtf8(point: u32) -> Vec<u8> {
    match char::from_u32(point) {
        Some(char) => char.to_string().into_bytes(),
        // A surrogate: three bytes.
        None => [
            0xE0 | point >> 12,
            0x80 | point >> 6 & 0x3F,
            0x80 | point & 0x3F,
        ]
        .map(|byte| byte as u8)
        .to_vec(),
    }
}
