//! stub
use crate::error::Result;
/// stub
pub struct Encoder<'w>(std::marker::PhantomData<&'w ()>);
/// stub
pub trait Pickle {
    /// stub
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()>;
}
