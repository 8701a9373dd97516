const _: () = {
    use ::pickle::__private as __pickle;
    #[automatically_derived]
    impl<'a> __pickle::Instance for Order<'a> {
        const CLASS: &'static __pickle::Class = &__pickle::Class::new::<
            Self,
        >("shop.models", "Order")
            .with_aliases(&[__pickle::Global::new("shop.old", "Order")])
            .with_attributes(&["id", "customerName", "note", "type"]);
    }
    #[automatically_derived]
    impl<'a> __pickle::PickleAttributes for Order<'a> {
        #[inline]
        fn attribute_count(&self) -> ::core::primitive::usize {
            4usize
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
                &self.id,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                1usize,
                &self.customer,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                2usize,
                &self.note,
            )?;
            __pickle::AttributeSink::attribute(
                __sink,
                <Self as __pickle::Instance>::CLASS,
                3usize,
                &self.r#type,
            )?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a> __pickle::Pickle for Order<'a> {
        fn pickle(&self, __encoder: &mut __pickle::Encoder<'_>) -> __pickle::Result<()> {
            __pickle::object(__encoder, <Self as __pickle::Instance>::CLASS, self)
        }
    }
    #[automatically_derived]
    impl<'de: 'a, 'a> __pickle::Unpickle<'de> for Order<'a> {
        fn unpickle(__cursor: __pickle::Cursor<'_, 'de>) -> __pickle::Result<Self> {
            let mut __attributes = __pickle::Cursor::object(
                __cursor,
                <Self as __pickle::Instance>::CLASS,
            )?;
            let mut __0 = ::core::option::Option::None;
            let mut __1 = ::core::option::Option::None;
            let mut __2 = ::core::option::Option::None;
            let mut __4 = ::core::option::Option::None;
            while let ::core::option::Option::Some(__index) = __pickle::Attributes::next(
                &mut __attributes,
            )? {
                match __index {
                    0usize => __pickle::attribute_into(&mut __attributes, &mut __0)?,
                    1usize => __pickle::attribute_into(&mut __attributes, &mut __1)?,
                    2usize => __pickle::attribute_into(&mut __attributes, &mut __2)?,
                    3usize => __pickle::attribute_into(&mut __attributes, &mut __4)?,
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                id: match __0 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            __pickle::missing_attribute(
                                <Self as __pickle::Instance>::CLASS,
                                "id",
                            ),
                        );
                    }
                },
                customer: match __1 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            __pickle::missing_attribute(
                                <Self as __pickle::Instance>::CLASS,
                                "customerName",
                            ),
                        );
                    }
                },
                note: match __2 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => ::core::default::Default::default(),
                },
                seen: Instant::now(),
                r#type: match __4 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            __pickle::missing_attribute(
                                <Self as __pickle::Instance>::CLASS,
                                "type",
                            ),
                        );
                    }
                },
            })
        }
    }
    __pickle::inventory::submit! {
        __pickle::Registration::of:: < Order < 'static > > ()
    }
};
