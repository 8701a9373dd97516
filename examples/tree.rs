//! A tree whose children know their parent: `Rc` one way, `Weak` the other.
//!
//! In Python `self.parent` is an attribute as any other, and so it is in the pickle.

use std::rc::{Rc, Weak};

use pickle::Pickle;

#[derive(Pickle)]
#[pickle(module = "files")]
struct Folder {
    name: String,
    parent: Weak<Folder>,
    folders: Vec<Rc<Folder>>,
}

impl Folder {
    fn new(name: &str, parent: &Weak<Self>, folders: &[&str]) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            name: name.to_owned(),
            parent: parent.clone(),
            folders: folders
                .iter()
                .map(|name| Self::new(name, this, &[]))
                .collect(),
        })
    }

    fn path(&self) -> String {
        match self.parent.upgrade() {
            Some(parent) => format!("{}/{}", parent.path(), self.name),
            None => self.name.clone(),
        }
    }
}

fn main() -> pickle::Result<()> {
    let bytes = pickle::dumps(&Folder::new("home", &Weak::new(), &["ada", "bob"]))?;

    // The parent is under way when a child refers to it, and becomes the same `Rc`.
    let home: Rc<Folder> = pickle::loads(&bytes)?;
    for folder in &home.folders {
        println!("{}", folder.path());
    }
    assert_eq!(home.folders[1].path(), "home/bob");
    Ok(())
}
