//! stub
pub(crate) fn to_python3(module: &str, name: &str) -> Option<(&'static str, Option<&'static str>)> {
    match (module, name) {
        ("__builtin__", _) => Some(("builtins", None)),
        ("copy_reg", _) => Some(("copyreg", None)),
        _ => None,
    }
}
