//! What the fuzz targets share: one text for whatever a pickle holds.

pub mod python;
pub mod render;
