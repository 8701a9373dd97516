// A program that keeps its data in pickles. It is compiled twice: as it was written for serde-pickle,
// and with `pickle::serde` under that name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_pickle::{DeOptions, SerOptions};

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Album {
    title: String,
    year: u16,
    rating: Option<f32>,
    tracks: Vec<Track>,
    tags: BTreeMap<String, i64>,
    #[serde(with = "serde_bytes")]
    cover: Vec<u8>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Track {
    name: String,
    length: (u8, u8),
    kind: Kind,
    id: Id,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Id(u64);

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Song,
    Cover(String),
    Medley(String, u8),
    Live { place: String, year: i16 },
}

pub(crate) fn albums() -> Vec<Album> {
    let track = |name: &str, kind| Track {
        name: name.to_owned(),
        length: (3, 59),
        kind,
        id: Id(u64::MAX / 2 - name.len() as u64),
    };
    let live = Kind::Live {
        place: "Köln".to_owned(),
        year: 1975,
    };
    vec![
        Album {
            title: "First".to_owned(),
            year: 1999,
            rating: Some(4.5),
            tracks: vec![
                track("one", Kind::Song),
                track("two", Kind::Cover("somebody".to_owned())),
                track("three", Kind::Medley("all".to_owned(), 3)),
                track("four", live),
            ],
            tags: BTreeMap::from([("rock".to_owned(), 1), ("日本".to_owned(), -70_000)]),
            cover: (0..=255).collect(),
        },
        Album {
            title: String::new(),
            year: 0,
            rating: None,
            tracks: vec![],
            tags: BTreeMap::new(),
            cover: vec![],
        },
    ]
}

pub(crate) fn save(albums: &[Album]) -> Vec<u8> {
    let mut file = Vec::new();
    serde_pickle::to_writer(&mut file, &albums, SerOptions::new()).unwrap();
    assert!(!serde_pickle::to_vec(&albums, SerOptions::new().proto_v2()).unwrap().is_empty());
    file
}

pub(crate) fn save_as_before_0_6(albums: &[Album]) -> Vec<u8> {
    serde_pickle::to_vec(&albums, SerOptions::new().compat_enum_repr()).unwrap()
}

pub(crate) fn load(file: &[u8]) -> Vec<Album> {
    let albums: Vec<Album> = serde_pickle::from_slice(file, DeOptions::new()).unwrap();
    let again: Vec<Album> = serde_pickle::from_reader(file, DeOptions::new()).unwrap();
    assert_eq!(albums, again);
    let value = serde_pickle::to_value(&albums).unwrap();
    assert_eq!(serde_pickle::from_value::<Vec<Album>>(value).unwrap(), albums);
    albums
}
