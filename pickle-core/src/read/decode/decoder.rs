//! A finished pickle on its way into typed values.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::ops::Deref;

use hashbrown::HashMap;

use crate::error::{Error, ErrorKind, Result};
use crate::read::Unpickle;
use crate::read::arena::globals::{GlobalName, GlobalRef, Resolved};
use crate::read::arena::node::{Node, Place};
use crate::read::arena::{Container, Shape};
use crate::read::argument::scalar::{Scalar, binary_str, literal_length};
use crate::read::decode::containers::CONTAINER_COST;
use crate::read::decode::cursor::Cursor;
use crate::read::decode::names::{meaning, unresolved};
use crate::read::decode::owner::{Owners, lost};
use crate::read::decode::stream::{Get, Memo, Run, Stream};
use crate::read::document::Document;
use crate::read::document::locate::{locate, locate_node};
use crate::read::machine::expanded;
use crate::read::options::Options;
use crate::registry::{Class, Function};
use crate::value::Known;

/// What parsing a byte of a scalar in text form costs of the allowance for shared parts. Readings
/// that are tried one after the other all parse it.
const PARSING_COST: usize = 8;

/// A document whose names are looked up, what is under way, and how much decoding may still cost.
pub(crate) struct Decoder<'de> {
    document: Document<'de>,
    /// The pickle itself, if it is decoded as it is read; there is nothing in the document then.
    stream: Option<Stream<'de>>,
    /// What each global means, by its index.
    resolved: Vec<Resolved>,
    /// For each global that is a class, what came first when its attributes were last read.
    plans: Vec<Plan>,
    /// The containers under way, outermost first.
    path: Vec<Node>,
    /// One bit for each container: whether it is under way.
    under_way: Vec<u64>,
    /// How many bytes owned values may still take.
    allowance: Cell<u64>,
    /// How many they were allowed in all.
    allowed: Cell<u64>,
    /// The class of the instance that was read last: the node of its name, the class that was asked
    /// for, and the index of the plan. The next instance often is of the same class.
    last_class: Option<(Node, &'static Class, usize)>,
    /// The instance that is being read as one of a base class.
    flattened: Option<Node>,
    /// The plans of dicts whose keys are names that are known, by the address of the names and how
    /// many they are.
    dicts: Vec<Plan>,
    names: Vec<(usize, usize)>,
    /// The plans of classes that instances of others are read as, and of further types that are read
    /// of one class, by the class's address.
    other_plans: HashMap<usize, usize>,
    /// What [`Cursor::shared`] has read, by node and Rust type.
    shared: HashMap<(Node, TypeId), Box<dyn Any>>,
    pub(in crate::read) owners: Owners,
    /// What was made values of.
    values: Known,
}

/// The attribute names of the last instance of a class, in the order of its state.
///
/// Picklers write a name once and refer to it from then on, so that the nth name of an instance
/// nearly always is the same node as the nth name of the one before.
#[derive(Default)]
pub(in crate::read) struct Plan {
    pub(in crate::read) names: Vec<Planned>,
    /// The class that was asked for.
    class: Option<&'static Class>,
}

impl Plan {
    /// Remembers which name comes at a place, unless some before are not known.
    pub(in crate::read) fn set(&mut self, nth: usize, planned: Planned) {
        if let Some(entry) = self.names.get_mut(nth) {
            *entry = planned;
        } else if self.names.len() == nth {
            self.names.push(planned);
        }
    }
}

/// The name of an attribute that is expected.
#[derive(Clone, Copy)]
pub(in crate::read) struct Planned {
    pub(in crate::read) node: Node,
    /// What the name means to the Rust type.
    pub(in crate::read) index: usize,
    /// How a stream fetches the name.
    pub(in crate::read) get: Get,
}

impl<'de> Decoder<'de> {
    /// Makes a document ready for decoding, with what [`resolve`](super::names::resolve) has found.
    pub(crate) fn new(document: Document<'de>, resolved: Vec<Resolved>) -> Self {
        let containers = document.arena.len();
        let plans = std::iter::repeat_with(Plan::default).take(resolved.len());
        Self {
            plans: plans.collect(),
            resolved,
            under_way: vec![0; containers / 64 + 1],
            ..Self::begin(document, None)
        }
    }

    /// Makes a decoder of a pickle that is still to be read.
    #[inline(always)]
    pub(in crate::read) fn streaming(document: Document<'de>, stream: Stream<'de>) -> Self {
        Self::begin(document, Some(stream))
    }

    #[inline(always)]
    fn begin(document: Document<'de>, stream: Option<Stream<'de>>) -> Self {
        // Of a stream the limits grow with what is read.
        let allowance = document.options.limits.expansion(document.bytes_read);
        Self {
            plans: Vec::new(),
            document,
            stream,
            resolved: Vec::new(),
            path: Vec::new(),
            under_way: Vec::new(),
            allowance: Cell::new(allowance),
            allowed: Cell::new(allowance),
            last_class: None,
            flattened: None,
            dicts: Vec::new(),
            names: Vec::new(),
            other_plans: HashMap::new(),
            shared: HashMap::new(),
            owners: Owners::default(),
            values: Known::new(),
        }
    }

    /// Decodes the whole stream; gives the value and the position behind the pickle. `None` if the
    /// arena has to decide what the pickle is.
    pub(in crate::read) fn stream_whole<T: Unpickle<'de>>(&mut self) -> Option<(T, usize)> {
        let root = self.stream()?.here();
        let value = Cursor::new(self, root).read().ok()?;
        let end = self.stream()?.end().ok()?;
        Some((value, end))
    }

    /// Gives back the options and the memory of the memo.
    pub(in crate::read) fn into_parts(self) -> (Options<'de>, Memo) {
        let memo = self.stream.map(Stream::into_memo);
        (self.document.options, memo.unwrap_or_default())
    }

    /// The pickle, if it is decoded as it is read.
    #[inline]
    pub(in crate::read) fn stream(&mut self) -> Option<&mut Stream<'de>> {
        self.stream.as_mut()
    }

    /// As [`stream`](Self::stream), to look at.
    #[inline]
    pub(in crate::read) fn stream_ref(&self) -> Option<&Stream<'de>> {
        self.stream.as_ref()
    }

    /// What is known of attributes, and the pickle, if it is decoded as it is read.
    #[inline]
    pub(in crate::read) fn plans_and_stream(&mut self) -> (&[Plan], Option<&mut Stream<'de>>) {
        (&self.plans, self.stream.as_mut())
    }

    /// As [`plans_and_stream`](Self::plans_and_stream), of keys of dicts.
    #[inline]
    pub(in crate::read) fn dicts_and_stream(&mut self) -> (&[Plan], Option<&mut Stream<'de>>) {
        (&self.dicts, self.stream.as_mut())
    }

    /// The index of the plan of dicts with these names.
    pub(in crate::read) fn dict_plan(&self, names: &[&str]) -> Option<usize> {
        let key = (names.as_ptr().addr(), names.len());
        self.names.iter().position(|known| *known == key)
    }

    /// Remembers which name a dict with these names has at a place.
    pub(in crate::read) fn dict_planned(&mut self, names: &[&str], nth: usize, planned: Planned) {
        let plan = self.dict_plan(names).unwrap_or_else(|| {
            self.names.push((names.as_ptr().addr(), names.len()));
            self.dicts.push(Plan::default());
            self.dicts.len() - 1
        });
        self.dicts[plan].set(nth, planned);
    }

    /// Gives up the stream, if this is one, for something that it does not know.
    #[inline]
    pub(in crate::read) fn no_stream(&mut self) -> Result<()> {
        match &mut self.stream {
            None => Ok(()),
            Some(stream) => Err(stream.give_up().into()),
        }
    }

    /// Goes into an instance in the stream, of the class that is asked for. Gives the index of the class
    /// among the globals, the attributes, and whether BUILD comes behind them.
    #[inline(never)]
    pub(in crate::read) fn enter_instance(
        &mut self,
        node: Node,
        class: &'static Class,
    ) -> Result<(usize, Run, bool)> {
        self.charge(CONTAINER_COST)?;
        let Some(stream) = &mut self.stream else {
            return Err(Error::custom("this is no stream"));
        };
        let global = match stream.known_class(node)? {
            Some(global) => match self.plans.get(global).and_then(|plan| plan.class) {
                Some(found) if std::ptr::eq(found, class) => global,
                _ => self.accept_again(global, class)?,
            },
            None => {
                let name = stream.new_class(node)?;
                let global = self.globals.len();
                self.add_global(name)?;
                self.accept(global, class)?
            }
        };
        match &mut self.stream {
            Some(stream) => {
                let (run, builds) = stream.instance()?;
                Ok((global, run, builds))
            }
            None => Err(Error::custom("this is no stream")),
        }
    }

    /// Looks up a name that is met in the stream, as [`resolve`] does for a whole document.
    #[cold]
    fn add_global(&mut self, name: GlobalName<'de>) -> Result<()> {
        self.charge(name.module.len() + name.qualname.len())?;
        let is_builtin = name.builtin.is_some();
        let global = GlobalRef::Name(name);
        let resolved = meaning(&global, &self.document.options);
        let index = self.document.globals.len();
        self.document.globals.push(global);
        match (resolved, &mut self.stream) {
            (Some(resolved), Some(stream)) if !is_builtin => {
                self.resolved.push(resolved);
                Ok(stream.memoize_class(index)?)
            }
            _ => {
                self.no_stream()?;
                Ok(())
            }
        }
    }

    /// Checks that a global of the stream is the class that is asked for, or may be.
    #[cold]
    fn accept(&mut self, global: usize, class: &'static Class) -> Result<usize> {
        let is_it = match self.resolved.get(global) {
            Some(Resolved::Class(found)) => *found == class,
            // The plan is that of the class that was asked for first.
            Some(Resolved::Claimed(found)) => {
                *found == class
                    || name_the_same(found, class) && self.claim_global(global, class).is_some()
            }
            _ => self.claim_global(global, class).is_some(),
        };
        if !is_it {
            self.no_stream()?;
        }
        Ok(global)
    }

    /// As [`accept`](Self::accept), of a class with a second instance: the others get a plan.
    #[cold]
    fn accept_again(&mut self, global: usize, class: &'static Class) -> Result<usize> {
        self.accept(global, class)?;
        if self.plans.len() <= global {
            self.plans.resize_with(global + 1, Plan::default);
        }
        self.plans[global].class = Some(class);
        Ok(global)
    }

    pub(in crate::read) fn document_mut(&mut self) -> &mut Document<'de> {
        &mut self.document
    }

    /// How many containers are under way.
    pub(in crate::read) fn levels(&self) -> usize {
        self.path.len()
    }

    /// Makes room for what is known of a container that was not in the pickle.
    pub(in crate::read) fn make_room(&mut self, container: usize) {
        let words = container / 64 + 1;
        if self.under_way.len() < words {
            self.under_way.resize(words, 0);
        }
    }

    pub(crate) fn cursor(&mut self, node: Node) -> Cursor<'_, 'de> {
        Cursor::new(self, node)
    }

    /// What a node is called in a message: for an instance, the name of its class.
    pub(in crate::read) fn type_name(&self, node: Node) -> String {
        match self
            .class_node(node)
            .and_then(|class| self.global_name(class))
        {
            Some(name) => format!("{}.{}", name.module, name.qualname),
            None => self.kind(node).to_string(),
        }
    }

    /// The registered class of an instance.
    #[inline]
    pub(in crate::read) fn class(&self, node: Node) -> Option<(usize, &'static Class)> {
        let global = self.global_index(self.class_node(node)?)?;
        match self.resolved.get(global) {
            Some(Resolved::Class(class) | Resolved::Claimed(class)) => Some((global, class)),
            _ => None,
        }
    }

    /// What a node means that is a global.
    pub(in crate::read) fn resolved(&self, node: Node) -> Option<&Resolved> {
        self.resolved.get(self.global_index(node)?)
    }

    /// The registered function whose result an object is, and the node of the arguments.
    #[inline]
    pub(in crate::read) fn called_function(&self, node: Node) -> Option<(&'static Function, Node)> {
        let container = self.container(node)?;
        if container.shape != Shape::Reduce {
            return None;
        }
        self.function(container)
    }

    fn function(&self, call: Container) -> Option<(&'static Function, Node)> {
        let global = self.global_index(self.arena.child(call.start))?;
        match self.resolved.get(global) {
            Some(Resolved::Function(function)) => {
                Some((function, self.arena.child(call.start + 1)))
            }
            _ => None,
        }
    }

    /// The index of the class among the globals, if an instance is of the class that the instance
    /// before was read as.
    #[inline]
    pub(in crate::read) fn same_class(
        &self,
        object: Container,
        class: &'static Class,
    ) -> Option<usize> {
        let (node, last, global) = self.last_class?;
        let same = std::ptr::eq(last, class) && self.arena.child(object.start) == node;
        same.then_some(global)
    }

    pub(in crate::read) fn remember_class(
        &mut self,
        object: Container,
        class: &'static Class,
        global: usize,
    ) {
        self.last_class = match object.shape {
            Shape::NewObj => Some((self.arena.child(object.start), class, global)),
            _ => None,
        };
    }

    /// Takes a class that is asked for to be what an instance's class names, although that is not
    /// registered. Generic types come to be used that way.
    #[cold]
    pub(in crate::read) fn claim(&mut self, node: Node, class: &'static Class) -> Option<usize> {
        let global = self.global_index(self.class_node(node)?)?;
        self.claim_global(global, class)
    }

    fn claim_global(&mut self, global: usize, class: &'static Class) -> Option<usize> {
        let GlobalRef::Name(name) = self.globals.get(global)? else {
            return None;
        };
        if name.is_no_path() {
            return None;
        }
        if !class.is_called(&name.module, &name.qualname) {
            return None;
        }
        match self.resolved.get_mut(global)? {
            resolved @ (Resolved::Missing | Resolved::Name) => {
                *resolved = Resolved::Claimed(class);
                Some(global)
            }
            // Another instantiation of the generic type was asked for elsewhere; or it is a class that
            // pickles may always name.
            Resolved::Claimed(_) | Resolved::Builtin => Some(global),
            _ => None,
        }
    }

    /// Takes a class or function to be a name and no more, which needs no registration.
    pub(in crate::read) fn accept_name(&mut self, global: usize) {
        if let Some(resolved @ Resolved::Missing) = self.resolved.get_mut(global) {
            *resolved = Resolved::Name;
        }
    }

    /// The class that an instance was registered with, rather than claimed by.
    pub(in crate::read) fn registered_class(&self, node: Node) -> Option<&'static Class> {
        let global = self.global_index(self.class_node(node)?)?;
        match self.resolved.get(global) {
            Some(Resolved::Class(class)) => Some(class),
            _ => None,
        }
    }

    /// The error of a value that only weak references lead to.
    pub(crate) fn lost(&self) -> Option<Error> {
        let node = self.owners.lost()?;
        let error = lost(&self.type_name(node));
        Some(locate_node(&self.document, node, error))
    }

    /// Gives the document back, and the error of the first name that is not registered and that no
    /// typed target claimed: Python would not have got past it.
    pub(crate) fn finish(self) -> (Document<'de>, Option<Error>) {
        let missing = match self.document.options.opaque {
            true => None,
            false => (self.document.earlier..self.resolved.len())
                .find(|nth| matches!(self.resolved[*nth], Resolved::Missing)),
        };
        let error = missing.map(|nth| {
            let document = &self.document;
            let error = unresolved(&document.globals[nth..], document.options.registry());
            locate(document, nth, error)
        });
        (self.document, error)
    }

    /// Where the opcode of a node starts, as far as that is known.
    pub(in crate::read) fn offset(&self, node: Node) -> Option<u64> {
        match node.place() {
            Place::Scalar(offset) => Some(offset as u64),
            Place::Container(_) => None,
        }
    }

    /// The plan of a class, if there is one: a class of which a stream has met a single instance has
    /// none.
    pub(in crate::read) fn plan(&mut self, global: usize) -> Option<&mut Plan> {
        self.plans.get_mut(global)
    }

    /// Whether an instance is being read as one of a base class; if so, the index of the plan.
    pub(in crate::read) fn flattened(
        &mut self,
        node: Node,
        class: &'static Class,
    ) -> Option<usize> {
        if self.flattened != Some(node) {
            return None;
        }
        Some(self.other_plan(class))
    }

    fn other_plan(&mut self, class: &'static Class) -> usize {
        let plans = &mut self.plans;
        let address = std::ptr::from_ref(class).addr();
        *self.other_plans.entry(address).or_insert_with(|| {
            plans.push(Plan::default());
            plans.len() - 1
        })
    }

    /// The index of the plan of a global whose instances are read as this class. Types of one name may
    /// have other attributes.
    #[inline]
    pub(in crate::read) fn plan_of(&mut self, global: usize, class: &'static Class) -> usize {
        let Some(plan) = self.plans.get_mut(global) else {
            return global;
        };
        let planned = *plan.class.get_or_insert(class);
        match std::ptr::eq(planned, class) || name_the_same(planned, class) {
            true => global,
            false => self.other_plan(class),
        }
    }

    /// Sets which instance is being read as one of a base class; returns which was before.
    pub(in crate::read) fn set_flattened(&mut self, node: Option<Node>) -> Option<Node> {
        std::mem::replace(&mut self.flattened, node)
    }

    /// The scalar of a node; `None` for a container.
    ///
    /// # Errors
    ///
    /// When it has been parsed so often, for as many places, that the limits' expansion is used up.
    #[inline]
    pub(in crate::read) fn scalar(&self, node: Node) -> Result<Option<Scalar<'de>>> {
        if let Place::Scalar(offset) = node.place() {
            self.charge(PARSING_COST * literal_length(self.input, offset))?;
        }
        self.document.scalar(node)
    }

    /// How many bytes of the input the text of a str takes, eight at least.
    pub(in crate::read) fn text_length(&self, node: Node) -> usize {
        let Place::Scalar(offset) = node.place() else {
            return 8;
        };
        let length = match binary_str(self.input, offset) {
            Some(text) => text.len(),
            None => match self.document.scalar(node) {
                Ok(Some(Scalar::Str(text) | Scalar::ByteString(text))) => text.len(),
                _ => 0,
            },
        };
        length.max(8)
    }

    /// Goes into a container; [`leave`](Self::leave) goes out of it again.
    ///
    /// # Errors
    ///
    /// When the container is under way already, or the data nests too deep.
    #[inline]
    pub(in crate::read) fn enter(&mut self, node: Node) -> Result<()> {
        if let Place::Container(index) = node.place() {
            let (word, bit) = (index / 64, 1 << (index % 64));
            if self.under_way[word] & bit != 0 {
                return Err(self.cycle(node));
            }
            if self.path.len() >= self.options.limits.depth() {
                let message = "maximum recursion depth exceeded while unpickling an object";
                return Err(Error::new(ErrorKind::Depth, message).note(format!(
                    "the data nests deeper than the {} levels that the limits allow",
                    self.options.limits.depth()
                )));
            }
            self.under_way[word] |= bit;
        }
        self.path.push(node);
        Ok(())
    }

    #[inline]
    pub(in crate::read) fn leave(&mut self) {
        if let Some(Place::Container(index)) = self.path.pop().map(Node::place) {
            self.under_way[index / 64] &= !(1 << (index % 64));
        }
    }

    #[cold]
    pub(in crate::read) fn cycle(&self, node: Node) -> Error {
        let up = self
            .path
            .iter()
            .rev()
            .position(|&other| other == node)
            .unwrap_or(0);
        let kind = self.type_name(node);
        Error::new(ErrorKind::Cycle, format!("the {kind} contains itself")).note(format!(
            "this place is the same object as the one {} levels above",
            up + 1
        ))
    }

    /// Whether several places may hold a node.
    #[inline]
    pub(in crate::read) fn may_be_shared(&self, node: Node) -> bool {
        self.arena.is_shared(node)
    }

    /// What was read of a node as this type.
    pub(in crate::read) fn shared<T: Clone + 'static>(&self, node: Node) -> Option<T> {
        self.shared
            .get(&(node, TypeId::of::<T>()))?
            .downcast_ref()
            .cloned()
    }

    pub(in crate::read) fn share<T: 'static>(&mut self, node: Node, value: T) {
        self.shared
            .insert((node, TypeId::of::<T>()), Box::new(value));
    }

    pub(in crate::read) fn values(&mut self) -> &mut Known {
        &mut self.values
    }

    /// The id of a node that stands for an object outside of the pickle.
    pub(in crate::read) fn persistent_id(&self, node: Node) -> Option<Node> {
        let container = self.container(node)?;
        (container.shape == Shape::Persistent).then(|| self.arena.child(container.start))
    }

    /// Pays for owned memory: what is shared in the pickle costs once for each place.
    #[inline]
    pub(in crate::read) fn charge(&self, bytes: usize) -> Result<()> {
        match self.allowance_after(bytes) {
            Some(rest) => {
                self.set_allowance(rest);
                Ok(())
            }
            None => self.charge_stream(bytes),
        }
    }

    /// What would be left of the allowance, as far as it is known.
    #[inline]
    pub(in crate::read) fn allowance_after(&self, bytes: usize) -> Option<u64> {
        self.allowance.get().checked_sub(bytes as u64)
    }

    #[inline]
    pub(in crate::read) fn set_allowance(&self, rest: u64) {
        self.allowance.set(rest);
    }

    /// In a stream the allowance grows with what is read.
    #[cold]
    fn charge_stream(&self, bytes: usize) -> Result<()> {
        if let Some(stream) = &self.stream {
            let allowed = self.options.limits.expansion(stream.bytes_read());
            let more = allowed - self.allowed.replace(allowed);
            self.allowance.set(self.allowance.get() + more);
            if let Some(rest) = self.allowance.get().checked_sub(bytes as u64) {
                self.allowance.set(rest);
                return Ok(());
            }
        }
        Err(self.expanded())
    }

    #[cold]
    fn expanded(&self) -> Error {
        expanded(self.options.limits.expansion(self.document.bytes_read))
    }
}

/// Whether two classes name the same attributes in the same order.
fn name_the_same(one: &Class, other: &Class) -> bool {
    one.attributes() == other.attributes() && one.attribute_aliases() == other.attribute_aliases()
}

impl<'de> Deref for Decoder<'de> {
    type Target = Document<'de>;

    #[inline]
    fn deref(&self) -> &Document<'de> {
        &self.document
    }
}
