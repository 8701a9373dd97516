//! What CPython's own test-suite demands of a writer.
//!
//! | `AbstractPicklingErrorTests` | here |
//! |---|---|
//! | `test_bad_reconstructor`, `test_bad_newobj_class`, `test_bad_newobj_ex__class` | `refused::what_is_called_must_be_callable` |
//! | `test_bad_reconstructor_args`, `test_bad_newobj_args`, `test_bad_newobj_ex_args` | `refused::arguments_are_a_tuple_and_a_dict` |
//! | `test_bad_state_setter` | `refused::a_state_setter_must_be_callable` |
//! | `test_bad_object_list_items`, `test_bad_object_dict_items` | `refused::as_many_items_as_announced` |
//! | `test_unpickleable_…`: `reconstructor`, `reconstructor_args`, `newobj_class`, `newobj_args`, `newobj_ex_class`, `newobj_ex_args`, `newobj_ex_kwargs`, `state`, `state_setter`, `state_with_state_setter`, `object_list_items`, `object_dict_items`, `list_items`, `tuple_items`, `dict_items`, `set_items`, `frozenset_items` | `refused::errors_of_any_part_are_passed_on` |
//! | `test_nonencodable_global_name_error`, `test_nonencodable_module_name_error` | `refused::names_that_a_protocol_cannot_write` |
//! | `test_local_lookup_error` | `refused::names_inside_of_functions` |
//! | `test_picklebuffer_error`, `test_buffer_callback_error` | `refused::buffers` |
//! | `test_bad_ext_code` | `refused::extension_codes_out_of_range` |
//!
//! | `AbstractPickleTests` | here |
//! |---|---|
//! | `test_misc`, `test_roundtrip_equality` | `round::data_of_all_kinds` |
//! | `test_recursive_list`, `…_dict`, `…_inst`, `…_multi`, `…_tuple_and_list`, `…_tuple_and_dict`, `…_set`, `…_like`, `…_and_inst`, `…_inst_state` and their variants (33) | `graphs::cycles_of_every_kind` |
//! | `test_unicode`, `test_unicode_high_plane` | `round::text` |
//! | `test_unicode_memoization`, `test_bytes_memoization`, `test_bytearray_memoization` | `graphs::what_is_one_object_stays_one` |
//! | `test_bytes`, `test_bytearray` | `round::bytes_of_every_value` |
//! | `test_ints`, `test_long`, `test_float` | `round::numbers` |
//! | `test_float_format` | `formats::floats_of_protocol_0` |
//! | `test_reduce`, `test_simple_newobj`, `test_complex_newobj`, `test_complex_newobj_ex`, `test_newobj_tuple`, `test_newobj_list`, `test_newobj_generic`, `test_newobj_list_slots`, `test_reduce_overrides_default_reduce_ex`, `test_reduce_calls_base`, `test_structseq`, `test_metaclass` | `formats::instances_use_the_opcode_of_the_protocol` |
//! | `test_ellipsis`, `test_notimplemented`, `test_builtin_types`, `test_builtin_exceptions`, `test_builtin_functions`, `test_compat_pickle`, `test_py_methods`, `test_c_methods` | `formats::names_of_the_protocol` |
//! | `test_proto` | `formats::the_protocol_comes_first` |
//! | `test_long1`, `test_long4`, `test_int_pickling_efficiency` | `formats::ints` |
//! | `test_short_tuples` | `formats::tuples` |
//! | `test_singletons` | `formats::constants` |
//! | `test_global_ext1`, `test_global_ext2`, `test_global_ext4` | `formats::extension_codes` |
//! | `test_list_chunking`, `test_dict_chunking`, `test_set_chunking`, `test_appends_on_non_lists`, `test_setitems_on_non_dicts` | `formats::chunks` |
//! | `test_reduce_ex_called` | `formats::a_type_knows_the_protocol` |
//! | `test_many_puts_and_gets` | `graphs::many_puts_and_gets` |
//! | `test_attribute_name_interning` | `graphs::names_of_attributes_are_one_object` |
//! | `test_pickle_to_2x` | `formats::bytes_for_python_2` |
//! | `test_large_pickles` | `round::large_data_among_small` |
//! | `test_framing_many_objects`, `test_framing_large_objects`, `test_optional_frames` | [`frames`] |
//! | `test_framed_write_sizes_with_delayed_writer` | `frames::sizes_of_what_is_written` |
//! | `test_nested_names` | `formats::names_of_the_protocol` |
//! | `test_in_band_buffers`, `test_oob_buffers`, `test_oob_buffers_writable_to_readonly` | `graphs::buffers_in_and_out_of_band` |
//!
//! | of the other classes | here |
//! |---|---|
//! | `test_huge_bytes_32b`, `test_huge_str_32b` | `bigmem::strings_of_more_than_2_gib` |
//! | `test_huge_bytes_64b`, `test_huge_str_64b` | `bigmem::strings_of_more_than_4_gib` |
//! | `test_dump_closed_file`, `test_pickler_bad_file` | `picklers::what_writing_fails_with_is_passed_on` |
//! | `test_highest_protocol`, `test_callapi` | `picklers::the_highest_protocol_is_5` |
//! | `test_persistence`, `test_return_correct_type` | `picklers::only_what_is_persistent_asks_for_an_id`, `picklers::ids_are_of_any_type` |
//! | `test_clear_pickler_memo` | `picklers::a_cleared_memo_is_empty` |
//! | `test_pickler_hook` | `picklers::an_override_may_leave_a_value_as_it_is`, `picklers::an_override_that_fails_says_where` |
//! | `test_default_dispatch_table`, `test_class_dispatch_table`, `test_instance_dispatch_table` | `picklers::an_override_is_for_all_of_one_type_and_one_pickler` |
//!
//! Those that have nothing to apply to:
//!
//! | not applicable | because |
//! |---|---|
//! | `test_bad_reduce_result` | the builder takes a callable and arguments, nothing else can be returned |
//! | `test_wrong_newobj_class`, `test_wrong_newobj_ex_class`, `test_newobj_proxies`, `test_newobj_not_class` | a Rust value has no `__class__` beside the class that it writes |
//! | `test_global_lookup_error`, `test_nested_lookup_error`, `test_wrong_object_lookup_error`, `test_recursive_nested_names`, `test_recursive_nested_names2` | nothing is looked up when a name is written |
//! | `test_reduce_ex_None`, `test_reduce_None`, `test_bad_getattr`, `test_reduce_ex_overrides_reduce`, `test_reduce_ex_calls_base`, `test_newobj_overridden_new`, `test_getinitargs`, `test_dynamic_class`, `test_pickle_setstate_None` | methods of Python objects; a type without `Pickle` does not compile |
//! | `test_non_continuous_buffer`, `test_buffers_numpy` | a slice has no gaps |
//! | `test_evil_pickler_mutating_collection`, `test_evil_class_mutating_dict` | what is being dumped is borrowed, nobody can change it |
//! | `test_singleton_types` | CPython calls `type(None)`; by name there is no such class |
//! | `test_huge_long_32b` | an int of 2 GiB is refused as in CPython, but takes four times as much to make |
//! | `test_priming_pickler_memo` | the memo of a pickler is its own, see `picklers::the_memo_of_one_pickler_is_not_that_of_another` |
//! | `test_dump_text_file`, `test_pickle_invalid_reducer_override`, `test_dispatch_table_None_item` | they do not compile |
//! | `test_reducer_override_no_reference_cycle` | an override is owned by its pickler |
//! | `test_buffers_error`, `test_inband_accept_default_buffers_argument` | about reading, see `buffers` |

#[cfg(all(unix, target_pointer_width = "64"))]
mod bigmem;
mod formats;
mod frames;
mod graphs;
mod picklers;
mod refused;
mod round;

use pickle::opcode::{Argument, Opcode};
use pickle::{Encoder, Pickle, Pickler, Protocol};

/// The pickle of a value at a protocol.
fn dumps<T: Pickle + ?Sized>(value: &T, protocol: Protocol) -> pickle::Result<Vec<u8>> {
    let mut pickler = Pickler::new(Vec::new()).with_protocol(protocol);
    pickler.dump(value)?;
    Ok(pickler.into_inner())
}

/// What a closure writes.
struct Writes<F>(F);

impl<F: Fn(&mut Encoder<'_>) -> pickle::Result<()>> Pickle for Writes<F> {
    fn pickle(&self, encoder: &mut Encoder<'_>) -> pickle::Result<()> {
        (self.0)(encoder)
    }
}

fn writes<F: Fn(&mut Encoder<'_>) -> pickle::Result<()>>(write: F) -> Writes<F> {
    Writes(write)
}

/// The opcodes of a pickle, with the positions behind each.
fn opcodes(pickle: &[u8]) -> Vec<(Opcode, usize)> {
    let mut opcodes = Vec::new();
    let mut at = 0;
    while at < pickle.len() {
        let opcode = Opcode::from_byte(pickle[at]).unwrap();
        at += 1;
        let line = |at: usize| at + pickle[at..].iter().position(|b| *b == b'\n').unwrap() + 1;
        let fixed = opcode.argument().fixed();
        let mut length = [0; 8];
        length[..fixed].copy_from_slice(&pickle[at..at + fixed]);
        let length = u64::from_le_bytes(length) as usize;
        at = match opcode.argument() {
            Argument::Line => line(at),
            Argument::TwoLines => line(line(at)),
            Argument::Data1 | Argument::Data4 | Argument::DataI32 | Argument::Data8 => {
                at + fixed + length
            }
            _ => at + fixed,
        };
        opcodes.push((opcode, at));
    }
    opcodes
}

/// How often an opcode comes in a pickle.
fn count(pickle: &[u8], opcode: Opcode) -> usize {
    let all = opcodes(pickle);
    all.iter().filter(|(other, _)| *other == opcode).count()
}
