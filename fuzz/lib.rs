//! What the fuzz targets share.

pub mod differential;
pub mod python;
pub mod render;
