//! What CPython's own test-suite demands of a reader, in tests of our own; of a writer, see
//! [`dump`].
//!
//! The demands are those of `Lib/test/pickletester.py` of Python 3.13. One of its methods may have
//! several tests here, and the other way round.
//!
//! | `AbstractUnpickleTests` | here |
//! |---|---|
//! | `test_load_from_data0`, `test_load_from_data1`, `test_load_from_data2`, `test_load_from_data3`, `test_load_from_data4` | [`mixed`] |
//! | `test_load_classic_instance` | `python2::old_style_instances_need_no_init` |
//! | `test_maxint64` | `scalars::the_largest_int_of_64_bits_is_text` |
//! | `test_unpickle_from_2x` | [`python2`] |
//! | `test_load_python2_str_as_bytes` | `python2::byte_strings_can_stay_bytes` |
//! | `test_load_python2_unicode_as_str` | `python2::unicode_is_str_in_every_encoding` |
//! | `test_load_long_python2_str_as_bytes` | `python2::byte_strings_can_stay_bytes` |
//! | `test_constants` | `scalars::constants` |
//! | `test_empty_bytestring` | `python2::an_empty_byte_string_is_empty_in_every_encoding` |
//! | `test_short_binbytes`, `test_binbytes`, `test_binbytes8` | `scalars::bytes_of_all_lengths` |
//! | `test_short_binunicode`, `test_binunicode8` | `scalars::text_of_all_lengths` |
//! | `test_bytearray8` | `scalars::bytearrays` |
//! | `test_misc_get` | `memo::what_was_not_stored_cannot_be_fetched`, `memo::what_was_stored_is_shared` |
//! | `test_get`, `test_binget`, `test_long_binget` | `memo::any_slot_can_be_fetched` |
//! | `test_dup` | `memo::dup_gives_the_same_object` |
//! | `test_negative_put` | `memo::slots_are_not_negative` |
//! | `test_badly_escaped_string`, `test_badly_quoted_string` | [`strings`] |
//! | `test_correctly_quoted_string` | `strings::quotes_and_escapes_are_undone` |
//! | `test_frame_readline` | `scalars::lines_inside_of_frames` |
//! | `test_compat_unpickle` | `python2::names_are_those_of_python_3` |
//! | `test_load_global`, `test_load_stack_global` | [`globals`] |
//! | `test_find_class` | [`globals`] |
//! | `test_custom_find_class` | `globals::a_registry_says_what_names_mean` |
//! | `test_bad_ext_code` | `globals::extension_codes_are_positive_and_registered` |
//! | `test_bad_reduce`, `test_bad_newobj`, `test_bad_newobj_ex` | [`calls`] |
//! | `test_bad_stack`, `test_bad_mark`, `test_truncated_data` | [`malformed`] |
//!
//! | of the other classes | here |
//! |---|---|
//! | `test_load_from_and_dump_to_file` | `streams::one_pickle_of_a_file` |
//! | `test_incomplete_input` | `malformed::text_that_is_shorter_than_it_claims` |
//! | `test_unpickler_bad_file` | `streams::what_reading_fails_with_is_passed_on` |
//! | `test_dumps_loads_oob_buffers`, `test_dump_load_oob_buffers` | `buffers` |
//! | `test_persistence` | `persistent::only_persistent_ids_ask_the_handler` |
//! | `test_return_correct_type` | `persistent::ids_are_of_any_type` |
//! | `test_protocol0_is_ascii_only` | `persistent::ids_of_protocol_0_are_ascii` |
//! | `test_priming_unpickler_memo` | `streams::a_later_pickle_refers_to_an_earlier_one` |
//! | `test_reusing_unpickler_objects` | `streams::an_unpickler_can_be_used_again` |
//! | `test_multiple_unpicklings_seekable`, `test_multiple_unpicklings_unseekable`, `test_multiple_unpicklings_minimal` | `streams::pickles_one_after_the_other` |
//! | `test_unpickling_buffering_readline` | `streams::lines_cross_buffers_of_any_size` |
//!
//! Those that have nothing to apply to:
//!
//! | not applicable | because |
//! |---|---|
//! | `test_negative_32b_binbytes`, `test_negative_32b_binunicode`, `test_negative_32b_binput`, `test_large_32b_binbytes8`, `test_large_32b_bytearray8`, `test_large_32b_binunicode8` | about CPython's `Py_ssize_t` of 32 bits; lengths beyond the input are refused by any build, see `malformed::lengths_beyond_the_input` |
//! | `test_bad_ext_inverted_registry` | `copyreg._inverted_registry` can hold anything; a registry holds classes |
//! | `test_unpickle_module_race` | nothing is imported while loading |
//! | `test_load_closed_file` | a Rust reader cannot be closed and used |
//! | `test_bad_init` | there is no subclass that could leave its base's constructor out |
//! | `test_load_global`: `math.log`, `os.path.join`, `test_compat_unpickle`: `reduce` | functions are not looked up; the names are compared |

mod buffers;
mod calls;
mod dump;
mod globals;
mod malformed;
mod memo;
mod mixed;
mod persistent;
mod python2;
mod scalars;
mod streams;
mod strings;

use pickle::{Error, Unpickle, Unpickler, Value};

/// The value of a pickle, its instances as data.
fn value(pickle: &[u8]) -> Value {
    match Unpickler::from_slice(pickle).with_opaque(true).load() {
        Ok(value) => value,
        Err(error) => panic!("{}: {error:?}", pickle.escape_ascii()),
    }
}

/// What a pickle is read as.
fn loaded<'de, T: Unpickle<'de>>(pickle: &'de [u8]) -> T {
    match pickle::loads(pickle) {
        Ok(value) => value,
        Err(error) => panic!("{}: {error:?}", pickle.escape_ascii()),
    }
}

/// The error of a pickle that must not load.
fn error(pickle: &[u8]) -> Error {
    let result = Unpickler::from_slice(pickle).load::<Value>();
    let Err(error) = result else {
        panic!("{} is loaded", pickle.escape_ascii());
    };
    error
}

/// Checks which exception Python raises for each of these pickles.
fn assert_raised(python_type: &str, pickles: &[&[u8]]) {
    for pickle in pickles {
        let found = error(pickle);
        let shown = pickle.escape_ascii();
        assert_eq!(found.python_type(), python_type, "{shown}: {found:?}");
    }
}
