//! What identifies a shared object.

use pickle_derive::Pickle;

use crate::connection::Address;

/// What identifies a shared object: Python's `multiprocessing.managers.Token`.
#[derive(Pickle, Clone, Debug, PartialEq, Eq, Hash)]
#[pickle(
    crate = "pickle_core",
    module = "multiprocessing.managers",
    state = "tuple"
)]
pub struct Token {
    /// The name under which its type is registered.
    pub typeid: String,
    /// Where the server listens that has it.
    pub address: Address,
    /// Its name there.
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_pickled_as_python_does() {
        // pickle.dumps(Token('q', ('h', 1), 'a'))
        let python =
            b"\x80\x04\x95<\0\0\0\0\0\0\0\x8c\x18multiprocessing.managers\x94\x8c\x05Token\
            \x94\x93\x94)\x81\x94\x8c\x01q\x94\x8c\x01h\x94K\x01\x86\x94\x8c\x01a\x94\x87\x94b.";
        let token = Token {
            typeid: "q".into(),
            address: ("h", 1).into(),
            id: "a".into(),
        };
        assert_eq!(pickle_core::dumps(&token).unwrap(), python);
        assert_eq!(pickle_core::loads::<Token>(python).unwrap(), token);
    }
}
