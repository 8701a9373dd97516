//! What the derive does, by hand: an instance that a function makes of arguments, with list items
//! and attributes. In Python:
//!
//! ```text
//! # depot.py
//! class Crate(list):
//!     def __reduce__(self):
//!         return pack, (self.label, self.limit), {"owner": self.owner}, iter(self)
//! ```
//!
//! The derive would say: `reduce = "depot.pack"` on the struct, `arg` on two fields, and
//! `items = "list"` on one.

use pickle::{Class, Cursor, Encoder, Global, Instance, Pickle, Protocol, Unpickle};

#[derive(Debug, PartialEq)]
struct Crate {
    label: String,
    limit: u32,
    owner: Option<String>,
    content: Vec<i64>,
}

const PACK: Global = Global::new("depot", "pack");

impl Instance for Crate {
    // The function's name stands for the class in pickles.
    const CLASS: &'static Class = &Class::new::<Self>("depot", "Crate")
        .with_aliases(&[PACK])
        .with_attributes(&["owner"]);
}
pickle::register!(Crate);

impl Pickle for Crate {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        let mut object = encoder.reduce(&PACK, &(self.label.as_str(), self.limit))?;
        let mut items = object.items(self.content.len())?;
        for item in &self.content {
            items.item(item)?;
        }
        items.end()?;
        let mut attributes = object.attributes(1)?;
        attributes.attribute("owner", &self.owner)?;
        attributes.end()?;
        object.end()
    }
}

impl<'de> Unpickle<'de> for Crate {
    fn unpickle(cursor: Cursor<'_, 'de>) -> pickle::Result<Self> {
        let mut instance = cursor.instance(Self::CLASS)?;
        let label = instance.arg("label")?;
        let limit = instance.arg("limit")?;
        let content = instance.items()?.unwrap_or_default();
        let mut owner = None;
        let mut attributes = instance.attributes();
        while let Some(index) = attributes.next()? {
            if index == 0 {
                owner = attributes.value()?;
            }
        }
        drop(attributes);
        let lacking = [(label.is_none(), "label"), (limit.is_none(), "limit")];
        if let Some((_, name)) = lacking.iter().find(|(lacks, _)| *lacks) {
            return Err(instance.lacks(name));
        }
        // Whatever nobody has asked for is an error now.
        instance.end()?;
        Ok(Self {
            label: label.unwrap_or_default(),
            limit: limit.unwrap_or_default(),
            owner,
            content,
        })
    }
}

fn main() -> pickle::Result<()> {
    let packed = Crate {
        label: "tea 7".into(),
        limit: 3,
        owner: None,
        content: vec![1, 2],
    };
    let mut pickler = pickle::Pickler::new(Vec::new()).with_protocol(Protocol::V2);
    pickler.dump(&packed)?;
    let bytes = pickler.into_inner();
    println!("{}", bytes.escape_ascii());
    // What Python 3.13 writes.
    let python = b"\x80\x02cdepot\npack\nq\0X\x05\0\0\0tea 7q\x01K\x03\x86q\x02Rq\x03(K\x01K\x02e\
                   }q\x04X\x05\0\0\0ownerq\x05Nsb.";
    assert_eq!(bytes, python);
    assert_eq!(pickle::loads::<Crate>(&bytes)?, packed);
    Ok(())
}
