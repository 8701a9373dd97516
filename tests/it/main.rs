//! How the library behaves, by subject. What needs a registry of its own, or another Python, has
//! its own program beside this one.

mod classes;
mod documents;
mod dump_with_registry;
mod limits;
mod load_stops_at_stop;
mod oddities;
mod pickles;
