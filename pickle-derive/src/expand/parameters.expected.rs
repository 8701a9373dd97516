const _: () = {
    use crate::reexported::__private as __pickle;
    #[automatically_derived]
    impl<'a, 'de: 'a, T, I: Iterator, const N: usize> __pickle::Instance
    for Everything<'a, 'de, T, I, N>
    where
        T: Clone,
    {
        const CLASS: &'static __pickle::Class = &__pickle::Class::new::<
            Self,
        >("__main__", "Everything")
            .with_attributes(&["name", "tag", "items", "next", "rest", "last"]);
    }
    #[automatically_derived]
    impl<'a, 'de: 'a, T, I: Iterator, const N: usize> __pickle::PickleAttributes
    for Everything<'a, 'de, T, I, N>
    where
        T: Clone,
        T: __pickle::Pickle,
        I::Item: __pickle::Pickle,
    {
        #[inline]
        fn attribute_count(&self) -> ::core::primitive::usize {
            6usize
        }
        #[inline]
        fn pickle_attributes<__S: __pickle::AttributeSink>(
            &self,
            __sink: &mut __S,
        ) -> __pickle::Result<()> {
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                0usize,
                &self.name,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                1usize,
                &self.tag,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                2usize,
                &self.items,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                3usize,
                &self.next,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                4usize,
                &self.rest,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                5usize,
                &self.last,
            )?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a, 'de: 'a, T, I: Iterator, const N: usize> __pickle::Pickle
    for Everything<'a, 'de, T, I, N>
    where
        T: Clone,
        T: __pickle::Pickle,
        I::Item: __pickle::Pickle,
    {
        fn pickle(&self, __encoder: &mut __pickle::Encoder<'_>) -> __pickle::Result<()> {
            __pickle::object(__encoder, <Self as __pickle::Instance>::CLASS, self)
        }
    }
    #[automatically_derived]
    impl<
        'de2: 'a + 'de,
        'a,
        'de: 'a,
        T,
        I: Iterator,
        const N: usize,
    > __pickle::Unpickle<'de2> for Everything<'a, 'de, T, I, N>
    where
        T: Clone,
        T: __pickle::Unpickle<'de2>,
        I::Item: __pickle::Unpickle<'de2>,
        Option<T>: ::core::default::Default,
        PhantomData<I>: ::core::default::Default,
    {
        const STREAMS: ::core::primitive::bool = true;
        fn unpickle(__cursor: __pickle::Cursor<'_, 'de2>) -> __pickle::Result<Self> {
            let mut __attributes = __pickle::Cursor::object(
                __cursor,
                <Self as __pickle::Instance>::CLASS,
            )?;
            let mut __0 = ::core::option::Option::None;
            let mut __1 = ::core::option::Option::None;
            let mut __2 = ::core::option::Option::None;
            let mut __3 = ::core::option::Option::None;
            let mut __4 = ::core::option::Option::None;
            let mut __5 = ::core::option::Option::None;
            while let ::core::option::Option::Some(__index) = __pickle::Attributes::next(
                &mut __attributes,
            )? {
                match __index {
                    0usize => __pickle::attribute_into(&mut __attributes, &mut __0)?,
                    1usize => __pickle::attribute_into(&mut __attributes, &mut __1)?,
                    2usize => __pickle::attribute_into(&mut __attributes, &mut __2)?,
                    3usize => __pickle::attribute_into(&mut __attributes, &mut __3)?,
                    4usize => __pickle::attribute_into(&mut __attributes, &mut __4)?,
                    5usize => __pickle::attribute_into(&mut __attributes, &mut __5)?,
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                name: match __0 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            __pickle::missing_attribute(
                                <Self as __pickle::Instance>::CLASS,
                                "name",
                            ),
                        );
                    }
                },
                tag: match __1 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            __pickle::missing_attribute(
                                <Self as __pickle::Instance>::CLASS,
                                "tag",
                            ),
                        );
                    }
                },
                items: match __2 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            __pickle::missing_attribute(
                                <Self as __pickle::Instance>::CLASS,
                                "items",
                            ),
                        );
                    }
                },
                next: match __3 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            __pickle::missing_attribute(
                                <Self as __pickle::Instance>::CLASS,
                                "next",
                            ),
                        );
                    }
                },
                rest: match __4 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => ::core::default::Default::default(),
                },
                last: match __5 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => ::core::default::Default::default(),
                },
                marker: ::core::default::Default::default(),
            })
        }
    }
};
