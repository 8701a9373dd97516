//! The classes and functions that a pickle names, and what they turn out to be.

use std::borrow::Cow;

use crate::read::arena::Meaning;
use crate::registry::{Class, Function, python2};

/// A class or function that a pickle names.
#[derive(Clone, Debug)]
pub(crate) struct GlobalName<'de> {
    /// Where the opcode that names it starts.
    pub(crate) offset: usize,
    /// The module, with Python 2's names already replaced by Python 3's.
    pub(crate) module: Cow<'de, str>,
    /// The qualified name, likewise.
    pub(crate) qualname: Cow<'de, str>,
    /// Both as they stand in the pickle, where they were replaced.
    pub(crate) written: Option<(Cow<'de, str>, Cow<'de, str>)>,
    /// Whether dots in the name lead into classes, as from protocol 4 on.
    pub(crate) dotted: bool,
    /// What the name means to the machine itself.
    pub(crate) builtin: Option<Builtin>,
}

/// A global of the data: a name, or the number that stands for one.
#[derive(Clone, Debug)]
pub(crate) enum GlobalRef<'de> {
    Name(GlobalName<'de>),
    /// An extension code, and where its opcode starts.
    Extension {
        code: u32,
        offset: usize,
    },
}

/// What a global turned out to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resolved {
    /// A built-in class or function of Python that needs no registration.
    Builtin,
    /// A registered class.
    Class(&'static Class),
    /// A registered function.
    Function(&'static Function),
    /// No class itself, but registered classes are nested in it.
    Namespace,
    /// Not registered: an error unless it turns out to be the class of a typed target.
    Missing,
    /// Not registered, and not needed: a typed target wants the name and no more.
    Name,
    /// The class of a typed target, which is not registered, or one that stands under its name as
    /// long as no other type claims it.
    Claimed(&'static Class),
}

impl GlobalRef<'_> {
    /// The same without the input.
    pub(crate) fn into_owned(self) -> GlobalRef<'static> {
        match self {
            Self::Name(name) => GlobalRef::Name(GlobalName {
                offset: name.offset,
                module: owned(name.module),
                qualname: owned(name.qualname),
                written: name
                    .written
                    .map(|(module, qualname)| (owned(module), owned(qualname))),
                dotted: name.dotted,
                builtin: name.builtin,
            }),
            Self::Extension { code, offset } => GlobalRef::Extension { code, offset },
        }
    }
}

fn owned(name: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(name.into_owned())
}

impl<'de> GlobalName<'de> {
    /// The global of a name inside of this one: what `getattr` gives.
    pub(crate) fn attribute(&self, offset: usize, name: &str) -> Self {
        Self {
            offset,
            module: self.module.clone(),
            qualname: Cow::Owned(format!("{}.{name}", self.qualname)),
            written: None,
            dotted: true,
            builtin: (name == "__new__").then_some(Builtin::New),
        }
    }

    /// Whether the name is one that no class has: dots count from protocol 4 on.
    pub(crate) fn is_no_path(&self) -> bool {
        !self.dotted && self.qualname.contains('.')
    }

    /// The global that a pickle of this protocol names.
    pub(crate) fn new(
        offset: usize,
        module: Cow<'de, str>,
        qualname: Cow<'de, str>,
        protocol: u8,
        fix_imports: bool,
    ) -> Self {
        let renamed = if fix_imports && protocol < 3 {
            python2::to_python3(&module, &qualname)
        } else {
            None
        };
        let (module, qualname, written) = match renamed {
            None => (module, qualname, None),
            Some((new_module, new_name)) => {
                let new_name = new_name.map_or_else(|| qualname.clone(), Cow::Borrowed);
                (
                    Cow::Borrowed(new_module),
                    new_name,
                    Some((module, qualname)),
                )
            }
        };
        let builtin = Builtin::find(&module, &qualname);
        Self {
            offset,
            module,
            qualname,
            written,
            dotted: protocol >= 4,
            builtin,
        }
    }
}

/// The classes and functions of Python that every pickle may name: those by which picklers write
/// built-in data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    Object,
    Int,
    Float,
    Str,
    Bool,
    Set,
    FrozenSet,
    List,
    Tuple,
    Dict,
    Bytes,
    ByteArray,
    /// `_codecs.encode`
    Encode,
    /// `copyreg._reconstructor`
    Reconstructor,
    /// `getattr`, by which protocols below 4 name nested classes.
    GetAttr,
    /// The `__new__` of whatever class.
    New,
    /// `copyreg.__newobj__`, what the opcode NEWOBJ does.
    NewObj,
    /// `copyreg.__newobj_ex__`, what the opcode NEWOBJ_EX does.
    NewObjEx,
    /// `functools.partial`
    Partial,
    /// `operator.or_`, by which some versions write several flags.
    Or,
}

impl Builtin {
    fn find(module: &str, qualname: &str) -> Option<Self> {
        Some(match (module, qualname) {
            ("builtins", "object") => Self::Object,
            ("builtins", "int") => Self::Int,
            ("builtins", "float") => Self::Float,
            ("builtins", "str") => Self::Str,
            ("builtins", "bool") => Self::Bool,
            ("builtins", "set") => Self::Set,
            ("builtins", "frozenset") => Self::FrozenSet,
            ("builtins", "list") => Self::List,
            ("builtins", "tuple") => Self::Tuple,
            ("builtins", "dict") => Self::Dict,
            ("builtins", "bytes") => Self::Bytes,
            ("builtins", "bytearray") => Self::ByteArray,
            ("_codecs", "encode") => Self::Encode,
            ("copyreg", "_reconstructor") => Self::Reconstructor,
            ("builtins", "getattr") => Self::GetAttr,
            ("copyreg", "__newobj__") => Self::NewObj,
            ("copyreg", "__newobj_ex__") => Self::NewObjEx,
            ("functools", "partial") => Self::Partial,
            ("_operator" | "operator", "or_") => Self::Or,
            _ => return None,
        })
    }

    /// What the result of a call is.
    pub(crate) const fn meaning(self) -> Meaning {
        match self {
            Self::Set => Meaning::Set,
            Self::FrozenSet => Meaning::FrozenSet,
            Self::List => Meaning::List,
            Self::Tuple => Meaning::Tuple,
            Self::Dict => Meaning::Dict,
            Self::Bytes | Self::Encode => Meaning::Bytes,
            Self::ByteArray => Meaning::ByteArray,
            Self::Reconstructor | Self::NewObj | Self::NewObjEx => Meaning::Instance,
            Self::Partial => Meaning::Partial,
            Self::GetAttr => Meaning::Attribute,
            Self::New => Meaning::Call,
            Self::Object | Self::Int | Self::Float | Self::Str | Self::Bool | Self::Or => {
                Meaning::Call
            }
        }
    }

    /// The name inside its module.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::Bool => "bool",
            Self::Set => "set",
            Self::FrozenSet => "frozenset",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::Bytes => "bytes",
            Self::ByteArray => "bytearray",
            Self::Encode => "encode",
            Self::Reconstructor => "_reconstructor",
            Self::GetAttr => "getattr",
            Self::New => "__new__",
            Self::NewObj => "__newobj__",
            Self::NewObjEx => "__newobj_ex__",
            Self::Partial => "partial",
            Self::Or => "or_",
        }
    }

    /// Whether it is a class rather than a function.
    pub(crate) const fn is_class(self) -> bool {
        !matches!(
            self,
            Self::Encode
                | Self::Reconstructor
                | Self::GetAttr
                | Self::New
                | Self::NewObj
                | Self::NewObjEx
                | Self::Or
        )
    }
}
