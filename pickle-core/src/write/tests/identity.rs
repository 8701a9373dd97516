//! What is one object in Python, and written once.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::*;

#[test]
fn the_owners_of_a_value_share_it() {
    let list = Rc::new(vec![1]);
    // l = [1]; [l, l]
    golden(
        &[list.clone(), list],
        [
            b"(lp0\n(lp1\nI1\naag1\na.",
            b"]q\x00(]q\x01K\x01ah\x01e.",
            b"\x80\x02]q\x00(]q\x01K\x01ah\x01e.",
            b"\x80\x03]q\x00(]q\x01K\x01ah\x01e.",
            b"\x80\x04\x95\x0c\0\0\0\0\0\0\0]\x94(]\x94K\x01ah\x01e.",
            b"\x80\x05\x95\x0c\0\0\0\0\0\0\0]\x94(]\x94K\x01ah\x01e.",
        ],
    );
}

#[test]
fn a_single_owner_is_not_remembered_but_one_with_weak_pointers_is() {
    let alone = [Arc::new("ab".to_owned()), Arc::new("ab".to_owned())];
    assert_eq!(
        crate::dumps(&alone).unwrap(),
        crate::dumps(&["ab", "ab"]).unwrap()
    );
    let watched = Rc::new("ab".to_owned());
    let weak: Weak<String> = Rc::downgrade(&watched);
    let bytes = crate::dumps(&[&watched, &watched]).unwrap();
    assert!(bytes.ends_with(b"]\x94(\x8c\x02ab\x94h\x01e."));
    drop(weak);
}

#[test]
fn numbers_have_no_identity() {
    let number = Rc::new(7);
    let bytes = crate::dumps(&(number.clone(), vec![number], "ab")).unwrap();
    assert!(bytes.ends_with(b"K\x07]\x94K\x07a\x8c\x02ab\x94\x87\x94."));
}

#[test]
fn a_pointer_to_a_pointer_is_the_value() {
    let inner = Rc::new("ab".to_owned());
    let outer = Rc::new(inner.clone());
    let bytes = crate::dumps(&(outer.clone(), outer, inner)).unwrap();
    assert!(bytes.ends_with(b"\x8c\x02ab\x94h\x00h\x00\x87\x94."));
}

/// A list, tuple or frozenset that may contain itself, or an instance.
struct Node {
    form: Form,
    items: RefCell<Vec<Rc<Node>>>,
}

#[derive(Clone, Copy)]
enum Form {
    List,
    Tuple,
    Set,
    FrozenSet,
    Instance,
}

impl Pickle for Node {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let items = self.items.borrow();
        match self.form {
            Form::List => {
                let mut list = encoder.list(items.len())?;
                items.iter().try_for_each(|item| list.item(item))?;
                list.end()
            }
            Form::Tuple => {
                let mut tuple = encoder.tuple(items.len())?;
                items.iter().try_for_each(|item| tuple.item(item))?;
                tuple.end()
            }
            Form::Set | Form::FrozenSet => {
                let mut set = match self.form {
                    Form::Set => encoder.set(items.len())?,
                    _ => encoder.frozenset(items.len())?,
                };
                items.iter().try_for_each(|item| set.item(item))?;
                set.end()
            }
            Form::Instance => {
                let mut object = encoder.object(Point::CLASS, items.len())?;
                for (index, item) in items.iter().enumerate() {
                    object.attribute(index, item)?;
                }
                object.end()
            }
        }
    }
}

fn node(form: Form, items: &[&Rc<Node>]) -> Rc<Node> {
    let items = RefCell::new(items.iter().copied().cloned().collect());
    Rc::new(Node { form, items })
}

/// A container, and a list or instance in it that has the container for its only item.
fn cycle(outer: Form, inner: Form, items: usize) -> Rc<Node> {
    let inner = node(inner, &[]);
    let outer = node(outer, &vec![&inner; items]);
    inner.items.borrow_mut().push(outer.clone());
    outer
}

/// Breaks the cycle, for leaks are reported.
fn dissolve(node: &Node) {
    for item in node.items.take() {
        dissolve(&item);
    }
}

#[track_caller]
fn golden_cycle(node: &Rc<Node>, expected: [&[u8]; 6]) {
    golden(node, expected);
    dissolve(node);
}

#[test]
fn a_list_in_itself() {
    // l = []; l.append([l])
    golden_cycle(
        &cycle(Form::List, Form::List, 1),
        [
            b"(lp0\n(lp1\ng0\naa.",
            b"]q\x00]q\x01h\x00aa.",
            b"\x80\x02]q\x00]q\x01h\x00aa.",
            b"\x80\x03]q\x00]q\x01h\x00aa.",
            b"\x80\x04\x95\x09\x00\x00\x00\x00\x00\x00\x00]\x94]\x94h\x00aa.",
            b"\x80\x05\x95\x09\x00\x00\x00\x00\x00\x00\x00]\x94]\x94h\x00aa.",
        ],
    );
}

#[test]
fn an_instance_in_itself() {
    // o = geo.Point(); o.x = [o]
    golden_cycle(
        &cycle(Form::Instance, Form::List, 1),
        [
            b"ccopy_reg\n_reconstructor\np0\n(cgeo\nPoint\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n(dp5\nVx\np6\n(lp7\ng4\nasb.",
            b"ccopy_reg\n_reconstructor\nq\x00(cgeo\nPoint\nq\x01c__builtin__\nobject\nq\x02Ntq\x03Rq\x04}q\x05X\x01\x00\x00\x00xq\x06]q\x07h\x04asb.",
            b"\x80\x02cgeo\nPoint\nq\x00)\x81q\x01}q\x02X\x01\x00\x00\x00xq\x03]q\x04h\x01asb.",
            b"\x80\x03cgeo\nPoint\nq\x00)\x81q\x01}q\x02X\x01\x00\x00\x00xq\x03]q\x04h\x01asb.",
            b"\x80\x04\x95!\x00\x00\x00\x00\x00\x00\x00\x8c\x03geo\x94\x8c\x05Point\x94\x93\x94)\x81\x94}\x94\x8c\x01x\x94]\x94h\x03asb.",
            b"\x80\x05\x95!\x00\x00\x00\x00\x00\x00\x00\x8c\x03geo\x94\x8c\x05Point\x94\x93\x94)\x81\x94}\x94\x8c\x01x\x94]\x94h\x03asb.",
        ],
    );
}

#[test]
fn a_short_tuple_in_itself() {
    // l = []; t = (l, l); l.append(t); t
    golden_cycle(
        &cycle(Form::Tuple, Form::List, 2),
        [
            b"((lp0\n(g0\ng0\ntp1\nag0\n000g1\n.",
            b"(]q\x00(h\x00h\x00tq\x01ah\x001h\x01.",
            b"\x80\x02]q\x00h\x00h\x00\x86q\x01ah\x0000h\x01.",
            b"\x80\x03]q\x00h\x00h\x00\x86q\x01ah\x0000h\x01.",
            b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00]\x94h\x00h\x00\x86\x94ah\x0000h\x01.",
            b"\x80\x05\x95\x10\x00\x00\x00\x00\x00\x00\x00]\x94h\x00h\x00\x86\x94ah\x0000h\x01.",
        ],
    );
}

#[test]
fn a_long_tuple_in_itself() {
    // l = []; t = (l, l, l, l); l.append(t); t
    golden_cycle(
        &cycle(Form::Tuple, Form::List, 4),
        [
            b"((lp0\n(g0\ng0\ng0\ng0\ntp1\nag0\ng0\ng0\n00000g1\n.",
            b"(]q\x00(h\x00h\x00h\x00h\x00tq\x01ah\x00h\x00h\x001h\x01.",
            b"\x80\x02(]q\x00(h\x00h\x00h\x00h\x00tq\x01ah\x00h\x00h\x001h\x01.",
            b"\x80\x03(]q\x00(h\x00h\x00h\x00h\x00tq\x01ah\x00h\x00h\x001h\x01.",
            b"\x80\x04\x95\x19\x00\x00\x00\x00\x00\x00\x00(]\x94(h\x00h\x00h\x00h\x00t\x94ah\x00h\x00h\x001h\x01.",
            b"\x80\x05\x95\x19\x00\x00\x00\x00\x00\x00\x00(]\x94(h\x00h\x00h\x00h\x00t\x94ah\x00h\x00h\x001h\x01.",
        ],
    );
}

#[test]
fn a_set_in_itself() {
    // o = geo.Point(); o.x = {o}
    golden_cycle(
        &cycle(Form::Set, Form::Instance, 1),
        [
            b"c__builtin__\nset\np0\n((lp1\nccopy_reg\n_reconstructor\np2\n(cgeo\nPoint\np3\nc__builtin__\nobject\np4\nNtp5\nRp6\n(dp7\nVx\np8\ng0\n((lp9\ng6\natp10\nRp11\nsbatp12\nR0g11\n.",
            b"c__builtin__\nset\nq\x00(]q\x01ccopy_reg\n_reconstructor\nq\x02(cgeo\nPoint\nq\x03c__builtin__\nobject\nq\x04Ntq\x05Rq\x06}q\x07X\x01\x00\x00\x00xq\x08h\x00(]q\x09h\x06atq\nRq\x0bsbatq\x0cR0h\x0b.",
            b"\x80\x02c__builtin__\nset\nq\x00]q\x01cgeo\nPoint\nq\x02)\x81q\x03}q\x04X\x01\x00\x00\x00xq\x05h\x00]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\x09R0h\x08.",
            b"\x80\x03cbuiltins\nset\nq\x00]q\x01cgeo\nPoint\nq\x02)\x81q\x03}q\x04X\x01\x00\x00\x00xq\x05h\x00]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\x09R0h\x08.",
            b"\x80\x04\x95\"\x00\x00\x00\x00\x00\x00\x00\x8f\x94(\x8c\x03geo\x94\x8c\x05Point\x94\x93\x94)\x81\x94}\x94\x8c\x01x\x94h\x00sb\x90.",
            b"\x80\x05\x95\"\x00\x00\x00\x00\x00\x00\x00\x8f\x94(\x8c\x03geo\x94\x8c\x05Point\x94\x93\x94)\x81\x94}\x94\x8c\x01x\x94h\x00sb\x90.",
        ],
    );
}

#[test]
fn a_frozenset_in_itself() {
    // o = geo.Point(); o.x = frozenset({o})
    golden_cycle(
        &cycle(Form::FrozenSet, Form::Instance, 1),
        [
            b"c__builtin__\nfrozenset\np0\n((lp1\nccopy_reg\n_reconstructor\np2\n(cgeo\nPoint\np3\nc__builtin__\nobject\np4\nNtp5\nRp6\n(dp7\nVx\np8\ng0\n((lp9\ng6\natp10\nRp11\nsbatp12\nR0g11\n.",
            b"c__builtin__\nfrozenset\nq\x00(]q\x01ccopy_reg\n_reconstructor\nq\x02(cgeo\nPoint\nq\x03c__builtin__\nobject\nq\x04Ntq\x05Rq\x06}q\x07X\x01\x00\x00\x00xq\x08h\x00(]q\x09h\x06atq\nRq\x0bsbatq\x0cR0h\x0b.",
            b"\x80\x02c__builtin__\nfrozenset\nq\x00]q\x01cgeo\nPoint\nq\x02)\x81q\x03}q\x04X\x01\x00\x00\x00xq\x05h\x00]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\x09R0h\x08.",
            b"\x80\x03cbuiltins\nfrozenset\nq\x00]q\x01cgeo\nPoint\nq\x02)\x81q\x03}q\x04X\x01\x00\x00\x00xq\x05h\x00]q\x06h\x03a\x85q\x07Rq\x08sba\x85q\x09R0h\x08.",
            b"\x80\x04\x95%\x00\x00\x00\x00\x00\x00\x00(\x8c\x03geo\x94\x8c\x05Point\x94\x93\x94)\x81\x94}\x94\x8c\x01x\x94(h\x03\x91\x94sb1h\x06.",
            b"\x80\x05\x95%\x00\x00\x00\x00\x00\x00\x00(\x8c\x03geo\x94\x8c\x05Point\x94\x93\x94)\x81\x94}\x94\x8c\x01x\x94(h\x03\x91\x94sb1h\x06.",
        ],
    );
}

#[test]
fn a_tuple_in_itself_whose_list_has_one_owner() {
    // l = []; t = (l,); l.append(t); t
    let tuple = cycle(Form::Tuple, Form::List, 1);
    let bytes = dumps_at(&tuple, Protocol::V2).unwrap();
    assert_eq!(bytes, b"\x80\x02]q\x00h\x00\x85q\x01a0h\x01.");
    dissolve(&tuple);
}

#[test]
fn a_second_class_object_of_one_name_is_the_same_class() {
    static TWICE: Class = Class::new::<Point>("geo", "Point").with_attributes(&["x", "y"]);
    let same = |class: &'static Class| {
        move |encoder: &mut Encoder<'_>| -> Result<()> {
            let mut object = encoder.object(class, 2)?;
            object.attribute(0, &1)?;
            object.attribute(1, &2)?;
            object.end()
        }
    };
    struct Write<F>(F);
    impl<F: Fn(&mut Encoder<'_>) -> Result<()>> Pickle for Write<F> {
        fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
            (self.0)(encoder)
        }
    }
    for protocol in Protocol::ALL {
        let one = (Write(same(Point::CLASS)), Write(same(Point::CLASS)));
        let two = (Write(same(Point::CLASS)), Write(same(&TWICE)));
        assert_eq!(
            dumps_at(&one, protocol).unwrap(),
            dumps_at(&two, protocol).unwrap()
        );
    }
}
