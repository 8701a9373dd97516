//! What values and graphs have in common in the notation of the manifest.

use serde_json::Value as Json;

use crate::manifest::base64;

/// The decimal digits of an int, if the node is one.
pub(crate) fn int(node: &Json) -> Option<String> {
    match node {
        Json::Number(number) => Some(number.to_string()),
        _ if kind(node) == "int" => Some(string(node, "v").to_owned()),
        _ => None,
    }
}

/// The `t` of a node; empty where the node is written directly.
pub(crate) fn kind(node: &Json) -> &str {
    node["t"].as_str().unwrap_or_default()
}

pub(crate) fn string<'n>(node: &'n Json, key: &str) -> &'n str {
    node[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} is a string in {node}"))
}

pub(crate) fn number(node: &Json, key: &str) -> u64 {
    node[key]
        .as_u64()
        .unwrap_or_else(|| panic!("{key} is a number in {node}"))
}

pub(crate) fn array<'n>(node: &'n Json, key: &str) -> &'n [Json] {
    match &node[key] {
        Json::Array(items) => items,
        _ => panic!("{key} is an array in {node}"),
    }
}

/// The pairs of a dict.
pub(crate) fn pairs<'n>(
    node: &'n Json,
    key: &str,
) -> impl ExactSizeIterator<Item = (&'n Json, &'n Json)> {
    array(node, key).iter().map(|pair| (&pair[0], &pair[1]))
}

/// The bits of a float.
pub(crate) fn bits(node: &Json) -> u64 {
    u64::from_str_radix(string(node, "bits"), 16).unwrap()
}

/// The text of a `str`, as UTF-8 in which surrogates may stand alone.
pub(crate) fn text(node: &Json) -> Vec<u8> {
    if let Some(text) = node.as_str().or(node["v"].as_str()) {
        return text.as_bytes().to_vec();
    }
    match node["wtf8"].as_str() {
        Some(encoded) => base64(encoded),
        None => repeated(node, |piece| piece.as_bytes().to_vec()),
    }
}

/// The bytes of a `str2`, whose characters are bytes each.
pub(crate) fn byte_string(node: &Json) -> Vec<u8> {
    let text = String::from_utf8(text(node)).unwrap();
    text.chars().map(|c| u8::try_from(c).unwrap()).collect()
}

/// The bytes of `bytes` and `bytearray`.
pub(crate) fn bytes(node: &Json) -> Vec<u8> {
    match node["b64"].as_str() {
        Some(encoded) => base64(encoded),
        None => repeated(node, base64),
    }
}

fn repeated(node: &Json, decode: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let mut whole = Vec::new();
    for (piece, count) in pairs(node, "rep") {
        let count = usize::try_from(count.as_u64().unwrap()).unwrap();
        whole.extend(decode(piece.as_str().unwrap()).repeat(count));
    }
    whole
}

/// The items of a list or tuple, written out.
pub(crate) fn items(node: &Json) -> Vec<Json> {
    if let Json::Array(range) = &node["range"] {
        let [start, stop, step] = [0, 1, 2].map(|nth| range[nth].as_i64().unwrap());
        let count = (stop - start) / step;
        return (0..count)
            .map(|nth| Json::from(start + nth * step))
            .collect();
    }
    let items = array(node, "v");
    match node["times"].as_u64() {
        Some(times) => vec![items[0].clone(); usize::try_from(times).unwrap()],
        None => items.to_vec(),
    }
}
