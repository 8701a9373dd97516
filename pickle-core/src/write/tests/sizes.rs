//! Where containers are split into batches, and pickles into frames.

use std::fmt;

use super::*;
use crate::impls::{ByteArray, FrozenSet};

/// Length and FNV-1a hash of the pickles at protocols 0 to 5, one after the other.
fn digest(value: &dyn Pickle) -> (usize, u64) {
    let bytes: Vec<u8> = Protocol::ALL
        .iter()
        .flat_map(|protocol| dumps_at(value, *protocol).unwrap())
        .collect();
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (bytes.len(), hash)
}

type Rows<'a> = &'a [(&'a str, &'a [(usize, usize, u64)])];

#[track_caller]
fn check(rows: Rows<'_>, value: impl Fn(&str, usize) -> Box<dyn Pickle>) {
    for (label, sizes) in rows {
        for (size, length, hash) in *sizes {
            let found = digest(&*value(label, *size));
            assert_eq!(found, (*length, *hash), "{label} of {size}");
        }
    }
}

/// An instance with the attributes a0, a1, …
struct State(usize);

impl Pickle for State {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> Result<()> {
        let mut object = encoder.object(Point::CLASS, self.0)?;
        for index in 0..self.0 {
            object.attribute_named(&fmt::format(format_args!("a{index}")), &index)?;
        }
        object.end()
    }
}

#[rustfmt::skip]
#[test]
fn batches_of_a_thousand() {
    // For each n: data = b''.join(pickle.dumps(f(n), p) for p in range(6)), len(data), fnv1a(data)
    // where f(n) = list(range(n)), {i: i for i in range(n)}, set(range(n)) and so on.
    let rows: Rows<'_> = &[
        ("list", &[
            (0, 32, 0xad3996c5b363dc49),
            (1, 69, 0xca9343f134f2a3bd),
            (2, 88, 0xcebbaef99acbe19e),
            (999, 19649, 0x77225b1c5e637206),
            (1000, 19670, 0x4adf73fb63e75906),
            (1001, 19702, 0x6212052eb9326040),
            (2000, 41680, 0x4a498c6c52b07b7f),
        ]),
        ("dict", &[
            (0, 32, 0x0ca6b6de8cd07d11),
            (1, 82, 0x9fbffbfc5382957d),
            (2, 114, 0xde1569a89064f5c0),
            (999, 38239, 0xce2cd27856444f03),
            (1000, 38290, 0xe9e0f62c17132493),
            (1001, 38333, 0x8db78b39d660d976),
            (2000, 81300, 0xf7646ac73e795b4a),
        ]),
        ("set", &[
            (0, 134, 0x9568504be9ad64c7),
            (1, 173, 0xa57969f15795326f),
            (2, 190, 0x41a9de9e265aadb6),
            (999, 19751, 0x9feac61491a74bb6),
            (1000, 19776, 0x30cde6bb57f5168a),
            (1001, 19804, 0xed149b348b3c760c),
            (2000, 41786, 0xa3d28dde72cf80d1),
        ]),
        ("frozenset", &[
            (0, 178, 0xbc9294313ad1b11d),
            (1, 195, 0x43cee98d24902e4f),
            (2, 212, 0xd225fc02196a6f2e),
            (999, 19773, 0xb956514d464bd78e),
            (1000, 19794, 0xa307ff839f6e58e0),
            (1001, 19822, 0x6a3d30f252ffb402),
            (2000, 41800, 0xdc67745138a5b113),
        ]),
        ("tuple", &[
            (0, 21, 0x6e0fe0e8958d4e82),
            (1, 64, 0x80f6c4e668b7e466),
            (2, 77, 0x60cb7347710bdab6),
            (999, 18645, 0x98adcd37cc973fef),
            (1000, 18665, 0x11fa19743ef994e2),
            (1001, 18686, 0x2d33c0b79f124d52),
            (2000, 39665, 0x9f1d12737158a566),
        ]),
        ("state", &[
            (0, 249, 0xae30d8ce5d98a50a),
            (1, 336, 0xdb32a3c6b23cc99b),
            (2, 399, 0x8889f2d040065dc3),
            (999, 83784, 0xfdb38cc588e733d3),
            (1000, 83883, 0x588b3543264c0b14),
            (1001, 83979, 0xc2ff3113767e7886),
            (2000, 179893, 0x633d030c1daa2055),
        ]),
    ];
    check(rows, |label, n| match label {
        "list" => Box::new((0..n).collect::<Vec<_>>()),
        "dict" => Box::new((0..n).map(|i| (i, i)).collect::<BTreeMap<_, _>>()),
        "set" => Box::new((0..n).collect::<BTreeSet<_>>()),
        "frozenset" => Box::new(FrozenSet((0..n).collect::<BTreeSet<_>>())),
        "tuple" => Box::new(Tuple(n)),
        _ => Box::new(State(n)),
    });
}

#[rustfmt::skip]
#[test]
fn long_strings_and_full_frames() {
    // As above, f(n) = 'x'*n, ['x'*n], (1, 'x'*n, 2) and so on; `point` is P(1, 2), then P(3, 4).
    let rows: Rows<'_> = &[
        ("str", &[
            (255, 1594, 0x8cbc41c152d9b491),
            (256, 1606, 0xf0572df27a8d6f69),
            (65500, 393070, 0xad734eb1b0ed2193),
            (65526, 393226, 0x1cd400c9bc902b9d),
            (65527, 393232, 0x95be6db9f15b6bf8),
            (65535, 393280, 0x1b31aba2884b952c),
            (65536, 393268, 0xf04bc7661e1977c3),
        ]),
        ("[str]", &[
            (255, 1618, 0xfe98fdd69ba782d3),
            (256, 1630, 0xd32e5955bca9fdd7),
            (65500, 393094, 0x2e17fb9b72e427e1),
            (65526, 393250, 0x1a05a2580953b82f),
            (65527, 393256, 0x637595a803a38ace),
            (65535, 393304, 0xfc53368682bddc46),
            (65536, 393292, 0x63d662ece8d9cd6d),
        ]),
        ("(1, str, 2)", &[
            (255, 1639, 0xf50e79cb56ec7272),
            (256, 1651, 0x330fb977b1ac36ca),
            (65500, 393115, 0x62520b08561b50d4),
            (65526, 393271, 0x7e66ef03f6532236),
            (65527, 393277, 0xd124d9c787f55bef),
            (65535, 393343, 0xbd6a09eb3929de85),
            (65536, 393331, 0x3fe91f71cac83068),
        ]),
        ("bytes", &[
            (255, 1705, 0x85d7ab1bcb2947ae),
            (256, 1720, 0xd33d1936f758e4af),
            (65500, 393184, 0x8197fb4abf47b4e5),
            (65526, 393340, 0x1e7e956ea9e56a23),
            (65527, 393346, 0x5055c377ea7ecbce),
            (65535, 393394, 0xf4b934bd55fe3d56),
            (65536, 393382, 0x5d85fc570d3d59bd),
        ]),
        ("(bytes, bytes)", &[
            (255, 3319, 0x52fd9698a16bb57d),
            (256, 3349, 0xb5850033d1d6771b),
            (65500, 786277, 0x83caa18c46e5850b),
            (65526, 786589, 0x7c1ccfed817f4c5b),
            (65527, 786601, 0x12cc5f60b65e7b71),
            (65535, 786715, 0x1e9871c112462fe9),
            (65536, 786709, 0x4ff20844c98e280b),
        ]),
        ("bytearray", &[
            (255, 1891, 0xc33086c1382b2aa3),
            (256, 1903, 0xe0c835398cf0dcdc),
            (65500, 393367, 0x8bcb30393676a8ba),
            (65526, 393523, 0x2286d6c92923a55c),
            (65527, 393529, 0x2b2288cbb8be7e77),
            (65535, 393577, 0xd41d16c57ba58c2f),
            (65536, 393583, 0xf333d07466fe8339),
        ]),
        ("[str, 1]", &[
            (255, 1637, 0x8e4e887d38c431d6),
            (256, 1649, 0x01b576ef74311e88),
            (65500, 393113, 0xdd00c95d97601e76),
            (65526, 393269, 0x14a04dafdb28cb94),
            (65527, 393293, 0x9d0c77d0da228d15),
            (65535, 393341, 0xa99f61a38bd4fd7d),
            (65536, 393329, 0x0069529b6366356e),
        ]),
        ("(str, point, point)", &[
            (255, 2114, 0x80282070b46e37b3),
            (256, 2126, 0xfe547cde51d3bfef),
            (65500, 393608, 0xe186def42f440341),
            (65526, 393764, 0x31d4aadb67a5eedb),
            (65527, 393770, 0xfc458b2d0d3fb146),
            (65535, 393818, 0x3c6f60f6497fbc16),
            (65536, 393806, 0xad936a422c0d3e2d),
        ]),
    ];
    check(rows, |label, n| {
        let text = "x".repeat(n);
        let bytes = text.clone().into_bytes();
        let (one, two) = (Point { x: 1, y: 2 }, Point { x: 3, y: 4 });
        match label {
            "str" => Box::new(text),
            "[str]" => Box::new(vec![text]),
            "(1, str, 2)" => Box::new((1, text, 2)),
            "bytes" => Box::new(bytes),
            "(bytes, bytes)" => Box::new((bytes.clone(), bytes)),
            "bytearray" => Box::new(vec![ByteArray(bytes)]),
            "[str, 1]" => Box::new(vec![Box::new(text) as Box<dyn Pickle>, Box::new(1)]),
            _ => Box::new((text, one, two)),
        }
    });
}
