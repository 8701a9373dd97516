//! Instances of every form, through the builder.

use std::cell::RefCell;
use std::rc::Rc;

use super::{dumps_at, golden, map};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::Protocol;
use crate::registry::Global;
use crate::write::{Encoder, NoArgs, Pickle};

/// What a closure writes.
struct Writes<F>(F);

impl<F: Fn(&mut Encoder<'_>) -> Result<()>> Pickle for Writes<F> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        (self.0)(encoder)
    }
}

fn writes<F: Fn(&mut Encoder<'_>) -> Result<()>>(write: F) -> Writes<F> {
    Writes(write)
}

const F: Global = Global::new("m", "f");

#[test]
fn a_call_with_state() {
    golden(
        &writes(|encoder| {
            let mut object = encoder.reduce(&F, &(1, "a"))?;
            object.state(&map([("x", 1)]))?;
            object.end()
        }),
        [
            b"cm\nf\np0\n(I1\nVa\np1\ntp2\nRp3\n(dp4\nVx\np5\nI1\nsb.",
            b"cm\nf\nq\0(K\x01X\x01\0\0\0aq\x01tq\x02Rq\x03}q\x04X\x01\0\0\0xq\x05K\x01sb.",
            b"\x80\x02cm\nf\nq\0K\x01X\x01\0\0\0aq\x01\x86q\x02Rq\x03}q\x04X\x01\0\0\0xq\x05K\x01sb.",
            b"\x80\x03cm\nf\nq\0K\x01X\x01\0\0\0aq\x01\x86q\x02Rq\x03}q\x04X\x01\0\0\0xq\x05K\x01sb.",
            b"\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x01m\x94\x8c\x01f\x94\x93\x94K\x01\x8c\x01a\x94\x86\x94R\x94}\x94\x8c\x01x\x94K\x01sb.",
            b"\x80\x05\x95\x1f\0\0\0\0\0\0\0\x8c\x01m\x94\x8c\x01f\x94\x93\x94K\x01\x8c\x01a\x94\x86\x94R\x94}\x94\x8c\x01x\x94K\x01sb.",
        ],
    );
}

#[test]
fn items_pairs_and_state() {
    golden(
        &writes(|encoder| {
            let mut list = encoder.list(1)?;
            list.item(&writes(|encoder| {
                let mut object = encoder.reduce(&F, &NoArgs)?;
                let mut items = object.items(2)?;
                items.item(&1)?;
                items.item(&2)?;
                items.end()?;
                let mut pairs = object.pairs(1)?;
                pairs.entry("k", &1)?;
                pairs.end()?;
                object.state(&7)?;
                object.end()
            }))?;
            list.end()
        }),
        [
            b"(lp0\ncm\nf\np1\n(tRp2\nI1\naI2\naVk\np3\nI1\nsI7\nba.",
            b"]q\0cm\nf\nq\x01)Rq\x02(K\x01K\x02eX\x01\0\0\0kq\x03K\x01sK\x07ba.",
            b"\x80\x02]q\0cm\nf\nq\x01)Rq\x02(K\x01K\x02eX\x01\0\0\0kq\x03K\x01sK\x07ba.",
            b"\x80\x03]q\0cm\nf\nq\x01)Rq\x02(K\x01K\x02eX\x01\0\0\0kq\x03K\x01sK\x07ba.",
            b"\x80\x04\x95!\0\0\0\0\0\0\0]\x94\x8c\x01m\x94\x8c\x01f\x94\x93\x94)R\x94(K\x01K\x02e\x8c\x01k\x94K\x01sK\x07ba.",
            b"\x80\x05\x95!\0\0\0\0\0\0\0]\x94\x8c\x01m\x94\x8c\x01f\x94\x93\x94)R\x94(K\x01K\x02e\x8c\x01k\x94K\x01sK\x07ba.",
        ],
    );
}

#[test]
fn a_state_setter() {
    golden(
        &writes(|encoder| {
            let mut list = encoder.list(1)?;
            list.item(&writes(|encoder| {
                let mut object = encoder.reduce(&F, &(1,))?;
                object.state_by(&Global::new("m", "setter"), "s")?;
                object.end()
            }))?;
            list.end()
        }),
        [
            b"(lp0\ncm\nf\np1\n(I1\ntp2\nRp3\ncm\nsetter\np4\ng3\nVs\np5\n\x86R0a.",
            b"]q\0cm\nf\nq\x01(K\x01tq\x02Rq\x03cm\nsetter\nq\x04h\x03X\x01\0\0\0sq\x05\x86R0a.",
            b"\x80\x02]q\0cm\nf\nq\x01K\x01\x85q\x02Rq\x03cm\nsetter\nq\x04h\x03X\x01\0\0\0sq\x05\x86R0a.",
            b"\x80\x03]q\0cm\nf\nq\x01K\x01\x85q\x02Rq\x03cm\nsetter\nq\x04h\x03X\x01\0\0\0sq\x05\x86R0a.",
            b"\x80\x04\x95*\0\0\0\0\0\0\0]\x94\x8c\x01m\x94\x8c\x01f\x94\x93\x94K\x01\x85\x94R\x94h\x01\x8c\x06setter\x94\x93\x94h\x05\x8c\x01s\x94\x86R0a.",
            b"\x80\x05\x95*\0\0\0\0\0\0\0]\x94\x8c\x01m\x94\x8c\x01f\x94\x93\x94K\x01\x85\x94R\x94h\x01\x8c\x06setter\x94\x93\x94h\x05\x8c\x01s\x94\x86R0a.",
        ],
    );
}

#[test]
fn new_objects() {
    golden(
        &writes(|encoder| {
            let class = Global::new("m", "R");
            let mut list = encoder.list(3)?;
            list.item(&writes(|encoder| encoder.new_object(&class, &(1, 2, 3))?.end()))?;
            list.item(&writes(|encoder| {
                let mut object = encoder.new_object(&class, &NoArgs)?;
                let mut attributes = object.attributes(1)?;
                attributes.attribute("x", &1)?;
                attributes.end()?;
                object.end()
            }))?;
            list.item(&writes(|encoder| encoder.new_object(&class, &(1,))?.end()))?;
            list.end()
        }),
        [
            b"(lp0\nccopy_reg\n__newobj__\np1\n(cm\nR\np2\nI1\nI2\nI3\ntp3\nRp4\nag1\n(g2\ntp5\nRp6\n(dp7\nVx\np8\nI1\nsbag1\n(g2\nI1\ntp9\nRp10\na.",
            b"]q\0(ccopy_reg\n__newobj__\nq\x01(cm\nR\nq\x02K\x01K\x02K\x03tq\x03Rq\x04h\x01(h\x02tq\x05Rq\x06}q\x07X\x01\0\0\0xq\x08K\x01sbh\x01(h\x02K\x01tq\x09Rq\ne.",
            b"\x80\x02]q\0(cm\nR\nq\x01K\x01K\x02K\x03\x87q\x02\x81q\x03h\x01)\x81q\x04}q\x05X\x01\0\0\0xq\x06K\x01sbh\x01K\x01\x85q\x07\x81q\x08e.",
            b"\x80\x03]q\0(cm\nR\nq\x01K\x01K\x02K\x03\x87q\x02\x81q\x03h\x01)\x81q\x04}q\x05X\x01\0\0\0xq\x06K\x01sbh\x01K\x01\x85q\x07\x81q\x08e.",
            b"\x80\x04\x950\0\0\0\0\0\0\0]\x94(\x8c\x01m\x94\x8c\x01R\x94\x93\x94K\x01K\x02K\x03\x87\x94\x81\x94h\x03)\x81\x94}\x94\x8c\x01x\x94K\x01sbh\x03K\x01\x85\x94\x81\x94e.",
            b"\x80\x05\x950\0\0\0\0\0\0\0]\x94(\x8c\x01m\x94\x8c\x01R\x94\x93\x94K\x01K\x02K\x03\x87\x94\x81\x94h\x03)\x81\x94}\x94\x8c\x01x\x94K\x01sbh\x03K\x01\x85\x94\x81\x94e.",
        ],
    );
}

#[test]
fn new_objects_with_keywords() {
    golden(
        &writes(|encoder| {
            let class = Global::new("m", "R");
            let mut list = encoder.list(3)?;
            list.item(&writes(|encoder| {
                encoder.new_object_ex(&class, &(1,), &map([("k", 3)]))?.end()
            }))?;
            list.item(&writes(|encoder| {
                encoder.new_object_ex(&class, &NoArgs, &map([("k", 4)]))?.end()
            }))?;
            list.item(&writes(|encoder| {
                encoder.new_object_ex(&class, &(1, 2, 3), &map([]))?.end()
            }))?;
            list.end()
        }),
        [
            b"(lp0\nccopy_reg\n__newobj_ex__\np1\n(cm\nR\np2\n(I1\ntp3\n(dp4\nVk\np5\nI3\nstp6\nRp7\nag1\n(g2\n(t(dp8\ng5\nI4\nstp9\nRp10\nag1\n(g2\n(I1\nI2\nI3\ntp11\n(dp12\ntp13\nRp14\na.",
            b"]q\0(ccopy_reg\n__newobj_ex__\nq\x01(cm\nR\nq\x02(K\x01tq\x03}q\x04X\x01\0\0\0kq\x05K\x03stq\x06Rq\x07h\x01(h\x02)}q\x08h\x05K\x04stq\x09Rq\nh\x01(h\x02(K\x01K\x02K\x03tq\x0b}q\x0ctq\x0dRq\x0ee.",
            b"\x80\x02]q\0(cfunctools\npartial\nq\x01c__builtin__\ngetattr\nq\x02cm\nR\nX\x07\0\0\0__new__q\x03\x86Rq\x04\x85q\x05Rq\x06(h\x04cm\nR\nq\x07K\x01\x86q\x08}q\x09X\x01\0\0\0kq\nK\x03sNtq\x0bb)Rq\x0ch\x01h\x04\x85q\x0dRq\x0e(h\x04h\x07\x85q\x0f}q\x10h\nK\x04sNtq\x11b)Rq\x12h\x01h\x04\x85q\x13Rq\x14(h\x04(h\x07K\x01K\x02K\x03tq\x15}q\x16Ntq\x17b)Rq\x18e.",
            b"\x80\x03]q\0(cfunctools\npartial\nq\x01cbuiltins\ngetattr\nq\x02cm\nR\nX\x07\0\0\0__new__q\x03\x86Rq\x04\x85q\x05Rq\x06(h\x04cm\nR\nq\x07K\x01\x86q\x08}q\x09X\x01\0\0\0kq\nK\x03sNtq\x0bb)Rq\x0ch\x01h\x04\x85q\x0dRq\x0e(h\x04h\x07\x85q\x0f}q\x10h\nK\x04sNtq\x11b)Rq\x12h\x01h\x04\x85q\x13Rq\x14(h\x04(h\x07K\x01K\x02K\x03tq\x15}q\x16Ntq\x17b)Rq\x18e.",
            b"\x80\x04\x958\0\0\0\0\0\0\0]\x94(\x8c\x01m\x94\x8c\x01R\x94\x93\x94K\x01\x85\x94}\x94\x8c\x01k\x94K\x03s\x92\x94h\x03)}\x94h\x06K\x04s\x92\x94h\x03K\x01K\x02K\x03\x87\x94}\x94\x92\x94e.",
            b"\x80\x05\x958\0\0\0\0\0\0\0]\x94(\x8c\x01m\x94\x8c\x01R\x94\x93\x94K\x01\x85\x94}\x94\x8c\x01k\x94K\x03s\x92\x94h\x03)}\x94h\x06K\x04s\x92\x94h\x03K\x01K\x02K\x03\x87\x94}\x94\x92\x94e.",
        ],
    );
}

#[test]
fn slots() {
    golden(
        &writes(|encoder| {
            let class = Global::new("m", "R");
            let mut list = encoder.list(2)?;
            list.item(&writes(|encoder| {
                let mut object = encoder.new_object(&class, &NoArgs)?;
                let mut slots = object.slots(0, 2)?;
                slots.attribute("x", &1)?;
                slots.attribute("y", "v")?;
                slots.end()?;
                object.end()
            }))?;
            list.item(&writes(|encoder| {
                let mut object = encoder.new_object(&class, &NoArgs)?;
                let mut slots = object.slots(2, 1)?;
                slots.attribute("d", &1)?;
                slots.attribute("e", "q")?;
                slots.attribute("x", &1)?;
                slots.end()?;
                object.end()
            }))?;
            list.end()
        }),
        [
            b"(lp0\nccopy_reg\n__newobj__\np1\n(cm\nR\np2\ntp3\nRp4\n(N(dp5\nVx\np6\nI1\nsVy\np7\nVv\np8\nstp9\nbag1\n(g2\ntp10\nRp11\n((dp12\nVd\np13\nI1\nsVe\np14\nVq\np15\ns(dp16\ng6\nI1\nstp17\nba.",
            b"]q\0(ccopy_reg\n__newobj__\nq\x01(cm\nR\nq\x02tq\x03Rq\x04(N}q\x05(X\x01\0\0\0xq\x06K\x01X\x01\0\0\0yq\x07X\x01\0\0\0vq\x08utq\x09bh\x01(h\x02tq\nRq\x0b(}q\x0c(X\x01\0\0\0dq\x0dK\x01X\x01\0\0\0eq\x0eX\x01\0\0\0qq\x0fu}q\x10h\x06K\x01stq\x11be.",
            b"\x80\x02]q\0(cm\nR\nq\x01)\x81q\x02N}q\x03(X\x01\0\0\0xq\x04K\x01X\x01\0\0\0yq\x05X\x01\0\0\0vq\x06u\x86q\x07bh\x01)\x81q\x08}q\x09(X\x01\0\0\0dq\nK\x01X\x01\0\0\0eq\x0bX\x01\0\0\0qq\x0cu}q\x0dh\x04K\x01s\x86q\x0ebe.",
            b"\x80\x03]q\0(cm\nR\nq\x01)\x81q\x02N}q\x03(X\x01\0\0\0xq\x04K\x01X\x01\0\0\0yq\x05X\x01\0\0\0vq\x06u\x86q\x07bh\x01)\x81q\x08}q\x09(X\x01\0\0\0dq\nK\x01X\x01\0\0\0eq\x0bX\x01\0\0\0qq\x0cu}q\x0dh\x04K\x01s\x86q\x0ebe.",
            b"\x80\x04\x95I\0\0\0\0\0\0\0]\x94(\x8c\x01m\x94\x8c\x01R\x94\x93\x94)\x81\x94N}\x94(\x8c\x01x\x94K\x01\x8c\x01y\x94\x8c\x01v\x94u\x86\x94bh\x03)\x81\x94}\x94(\x8c\x01d\x94K\x01\x8c\x01e\x94\x8c\x01q\x94u}\x94h\x06K\x01s\x86\x94be.",
            b"\x80\x05\x95I\0\0\0\0\0\0\0]\x94(\x8c\x01m\x94\x8c\x01R\x94\x93\x94)\x81\x94N}\x94(\x8c\x01x\x94K\x01\x8c\x01y\x94\x8c\x01v\x94u\x86\x94bh\x03)\x81\x94}\x94(\x8c\x01d\x94K\x01\x8c\x01e\x94\x8c\x01q\x94u}\x94h\x06K\x01s\x86\x94be.",
        ],
    );
}

#[test]
fn an_instance_in_its_own_arguments() {
    golden(
        &node(Form::Call),
        [
            b"cm\nf\np0\n((lp1\ng0\n(g1\ntp2\nRp3\n(dp4\nVx\np5\nI1\nsbatp6\nR0g3\n.",
            b"cm\nf\nq\0(]q\x01h\0(h\x01tq\x02Rq\x03}q\x04X\x01\0\0\0xq\x05K\x01sbatq\x06R0h\x03.",
            b"\x80\x02cm\nf\nq\0]q\x01h\0h\x01\x85q\x02Rq\x03}q\x04X\x01\0\0\0xq\x05K\x01sba\x85q\x06R0h\x03.",
            b"\x80\x03cm\nf\nq\0]q\x01h\0h\x01\x85q\x02Rq\x03}q\x04X\x01\0\0\0xq\x05K\x01sba\x85q\x06R0h\x03.",
            b"\x80\x04\x95&\0\0\0\0\0\0\0\x8c\x01m\x94\x8c\x01f\x94\x93\x94]\x94h\x02h\x03\x85\x94R\x94}\x94\x8c\x01x\x94K\x01sba\x85\x94R0h\x05.",
            b"\x80\x05\x95&\0\0\0\0\0\0\0\x8c\x01m\x94\x8c\x01f\x94\x93\x94]\x94h\x02h\x03\x85\x94R\x94}\x94\x8c\x01x\x94K\x01sba\x85\x94R0h\x05.",
        ],
    );
}

#[test]
fn a_new_object_in_its_own_arguments() {
    golden(
        &node(Form::New),
        [
            b"ccopy_reg\n__newobj__\np0\n(cm\nRecN\np1\n(lp2\ng0\n(g1\ng2\ntp3\nRp4\n(dp5\nVx\np6\nI1\nsbatp7\nR0g4\n.",
            b"ccopy_reg\n__newobj__\nq\0(cm\nRecN\nq\x01]q\x02h\0(h\x01h\x02tq\x03Rq\x04}q\x05X\x01\0\0\0xq\x06K\x01sbatq\x07R0h\x04.",
            b"\x80\x02cm\nRecN\nq\0]q\x01h\0h\x01\x85q\x02\x81q\x03}q\x04X\x01\0\0\0xq\x05K\x01sba\x85q\x06\x810h\x03.",
            b"\x80\x03cm\nRecN\nq\0]q\x01h\0h\x01\x85q\x02\x81q\x03}q\x04X\x01\0\0\0xq\x05K\x01sba\x85q\x06\x810h\x03.",
            b"\x80\x04\x95)\0\0\0\0\0\0\0\x8c\x01m\x94\x8c\x04RecN\x94\x93\x94]\x94h\x02h\x03\x85\x94\x81\x94}\x94\x8c\x01x\x94K\x01sba\x85\x94\x810h\x05.",
            b"\x80\x05\x95)\0\0\0\0\0\0\0\x8c\x01m\x94\x8c\x04RecN\x94\x93\x94]\x94h\x02h\x03\x85\x94\x81\x94}\x94\x8c\x01x\x94K\x01sba\x85\x94\x810h\x05.",
        ],
    );
}

/// An instance whose arguments are a list that holds it.
struct Node {
    form: Form,
    list: RefCell<Vec<Rc<Node>>>,
}

enum Form {
    Call,
    New,
}

fn node(form: Form) -> Rc<Node> {
    let list = RefCell::default();
    let node = Rc::new(Node { form, list });
    node.list.borrow_mut().push(Rc::clone(&node));
    node
}

impl Pickle for Node {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let list = self.list.borrow();
        let args = (writes(|encoder| {
            encoder.shared(list.as_ptr().cast(), &*list)
        }),);
        let mut object = match self.form {
            Form::Call => encoder.reduce(&F, &args)?,
            Form::New => encoder.new_object(&Global::new("m", "RecN"), &args)?,
        };
        object.state(&map([("x", 1)]))?;
        object.end()
    }
}

#[test]
fn batches_are_those_of_an_iterator() {
    let of = |len: usize| {
        let value = writes(|encoder| {
            let mut object = encoder.reduce(&F, &NoArgs)?;
            let mut items = object.items(len)?;
            for _ in 0..len {
                items.item(&None::<i64>)?;
            }
            items.end()?;
            object.end()
        });
        let bytes = dumps_at(&value, Protocol::V1).unwrap();
        let items = bytes.split_at(b"cm\nf\nq\0)Rq\x01".len()).1;
        String::from_utf8(items.to_vec()).unwrap()
    };
    let thousand = "N".repeat(1000);
    assert_eq!(of(0), ".");
    assert_eq!(of(1), "Na.");
    assert_eq!(of(2), "(NNe.");
    assert_eq!(of(1000), format!("({thousand}e."));
    assert_eq!(of(1001), format!("({thousand}eNa."));
}

/// The error of a dump.
fn error_of(protocol: Protocol, write: impl Fn(&mut Encoder<'_>) -> Result<()>) -> Error {
    let error = dumps_at(&writes(write), protocol).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unpicklable);
    error
}

#[test]
fn what_reduce_must_not_return() {
    let class = Global::new("m", "C");
    for protocol in Protocol::ALL {
        let message = |write: fn(&mut Encoder<'_>) -> Result<()>| {
            error_of(protocol, write).message().to_owned()
        };
        assert_eq!(
            message(|encoder| encoder.reduce("f", &NoArgs)?.end()),
            "first item of the tuple returned by __reduce__ must be callable"
        );
        assert_eq!(
            message(|encoder| encoder.reduce(&F, &vec![1, 2])?.end()),
            "second item of the tuple returned by __reduce__ must be a tuple"
        );
        assert_eq!(
            message(|encoder| encoder.new_object(&7, &(1,))?.end()),
            "args[0] from __newobj__ args is not a type"
        );
        assert_eq!(
            message(|encoder| {
                let args = vec![(1,)];
                encoder.new_object(&Global::new("m", "C"), &args)?.end()
            }),
            "second item of the tuple returned by __reduce__ must be a tuple"
        );
        assert_eq!(
            message(|encoder| {
                let mut object = encoder.reduce(&F, &NoArgs)?;
                object.state_by("f", &1)?;
                object.end()
            }),
            "sixth element of the tuple returned by __reduce__ must be a function"
        );
        let keywords = error_of(protocol, |encoder| {
            encoder.new_object_ex(&class, &NoArgs, &(1, 2))?.end()
        });
        assert_eq!(
            keywords.message(),
            "third item from NEWOBJ_EX argument tuple must be a dict"
        );
        let args = error_of(protocol, |encoder| {
            encoder.new_object_ex(&class, &vec![1], &map([]))?.end()
        });
        assert!(args.message().ends_with("must be a tuple"), "{args}");
    }
}

#[test]
fn a_shared_tuple_of_arguments_is_one_object() {
    let args = Rc::new((1, 2));
    let _owner = Rc::clone(&args);
    let twice = writes(|encoder| {
        let mut list = encoder.list(3)?;
        list.item(&args)?;
        list.item(&writes(|encoder| encoder.reduce(&F, &args)?.end()))?;
        list.item(&writes(|encoder| encoder.reduce(&F, &args)?.end()))?;
        list.end()
    });
    // t = (1, 2); pickle.dumps([t, R(f, t), R(f, t)], 2)
    assert_eq!(
        dumps_at(&twice, Protocol::V2).unwrap(),
        b"\x80\x02]q\0(K\x01K\x02\x86q\x01cm\nf\nq\x02h\x01Rq\x03h\x02h\x01Rq\x04e."
    );
}

#[test]
fn what_is_not_ended_is_found_out() {
    let items = writes(|encoder| {
        let mut object = encoder.reduce(&F, &NoArgs)?;
        let mut items = object.items(2)?;
        items.item(&1)?;
        let _ = items;
        object.end()
    });
    let slots = writes(|encoder| {
        let mut object = encoder.reduce(&F, &NoArgs)?;
        let _ = object.slots(1, 1)?;
        object.end()
    });
    let instance = writes(|encoder| {
        let _ = encoder.reduce(&F, &NoArgs)?;
        Ok(())
    });
    for protocol in Protocol::ALL {
        assert!(dumps_at(&items, protocol).is_err());
        assert!(dumps_at(&slots, protocol).is_err());
        assert!(dumps_at(&instance, protocol).is_err());
    }
}

#[test]
fn errors_inside_of_instances_say_where() {
    let bad = writes(|_| Err(Error::custom("bad")));
    let path = |write: &dyn Fn(&mut Encoder<'_>) -> Result<()>| {
        let error = crate::dumps(&writes(|encoder| write(encoder))).unwrap_err();
        assert_eq!(error.message(), "bad");
        error.path().to_owned()
    };
    let in_args = path(&|encoder| encoder.reduce(&F, &(1, &bad))?.end());
    assert_eq!(in_args, "$.args[1]");
    let in_state = path(&|encoder| {
        let mut object = encoder.reduce(&F, &NoArgs)?;
        let mut attributes = object.attributes(1)?;
        attributes.attribute("x", &bad)?;
        attributes.end()?;
        object.end()
    });
    assert_eq!(in_state, "$.x");
    let in_items = path(&|encoder| {
        let mut object = encoder.reduce(&F, &NoArgs)?;
        let mut items = object.items(1)?;
        items.item(&bad)?;
        items.end()?;
        object.end()
    });
    assert_eq!(in_items, "$[0]");
    let in_pairs = path(&|encoder| {
        let mut object = encoder.reduce(&F, &NoArgs)?;
        let mut pairs = object.pairs(1)?;
        pairs.entry("k", &bad)?;
        pairs.end()?;
        object.end()
    });
    assert_eq!(in_pairs, "$['k']");
}

#[test]
fn extension_codes_stand_for_names_from_protocol_2_on() {
    for (code, expected) in [
        (1, &b"\x82\x01"[..]),
        (0xFF, b"\x82\xff"),
        (0x100, b"\x83\x00\x01"),
        (0xFFFF, b"\x83\xff\xff"),
        (0x1_0000, b"\x84\x00\x00\x01\x00"),
        (0x7FFF_FFFF, b"\x84\xff\xff\xff\x7f"),
    ] {
        let value = writes(|encoder| encoder.extension(code));
        let bytes = dumps_at(&value, Protocol::V2).unwrap();
        assert_eq!(bytes, [b"\x80\x02", expected, b"."].concat());
        error_of(Protocol::V1, |encoder| encoder.extension(code));
    }
    let error = error_of(Protocol::V2, |encoder| encoder.extension(0));
    assert_eq!(error.message(), "extension code 0 is out of range");
}
