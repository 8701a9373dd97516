const _: () = {
    #[automatically_derived]
    impl<'a> ::pickle::__private::Instance for Order<'a> {
        const CLASS: &'static ::pickle::__private::Class = &::pickle::__private::Class::new::<
            Self,
        >("shop.models", "Order")
            .with_aliases(&[::pickle::__private::Global::new("shop.old", "Order")])
            .with_attributes(&["id", "customerName", "note", "type"]);
    }
    #[automatically_derived]
    impl<'a> ::pickle::__private::Pickle for Order<'a> {
        fn pickle(
            &self,
            __encoder: &mut ::pickle::__private::Encoder<'_>,
        ) -> ::pickle::__private::Result<()> {
            let mut __object = ::pickle::__private::Encoder::object(
                __encoder,
                <Self as ::pickle::__private::Instance>::CLASS,
                4usize,
            )?;
            ::pickle::__private::ObjectEncoder::attribute(
                &mut __object,
                0usize,
                &self.id,
            )?;
            ::pickle::__private::ObjectEncoder::attribute(
                &mut __object,
                1usize,
                &self.customer,
            )?;
            ::pickle::__private::ObjectEncoder::attribute(
                &mut __object,
                2usize,
                &self.note,
            )?;
            ::pickle::__private::ObjectEncoder::attribute(
                &mut __object,
                3usize,
                &self.r#type,
            )?;
            ::pickle::__private::ObjectEncoder::end(__object)
        }
    }
    #[automatically_derived]
    impl<'de: 'a, 'a> ::pickle::__private::Unpickle<'de> for Order<'a> {
        fn unpickle(
            __cursor: ::pickle::__private::Cursor<'_, 'de>,
        ) -> ::pickle::__private::Result<Self> {
            let mut __attributes = ::pickle::__private::Cursor::object(
                __cursor,
                <Self as ::pickle::__private::Instance>::CLASS,
            )?;
            let mut __0 = ::core::option::Option::None;
            let mut __1 = ::core::option::Option::None;
            let mut __2 = ::core::option::Option::None;
            let mut __3 = ::core::option::Option::None;
            while let ::core::option::Option::Some(__index) = ::pickle::__private::Attributes::next(
                &mut __attributes,
            )? {
                match __index {
                    0usize => {
                        __0 = ::core::option::Option::Some(
                            ::pickle::__private::Attributes::value(&mut __attributes)?,
                        );
                    }
                    1usize => {
                        __1 = ::core::option::Option::Some(
                            ::pickle::__private::Attributes::value(&mut __attributes)?,
                        );
                    }
                    2usize => {
                        __2 = ::core::option::Option::Some(
                            ::pickle::__private::Attributes::value(&mut __attributes)?,
                        );
                    }
                    3usize => {
                        __3 = ::core::option::Option::Some(
                            ::pickle::__private::Attributes::value(&mut __attributes)?,
                        );
                    }
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                id: match __0 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            ::pickle::__private::Attributes::missing(
                                &__attributes,
                                0usize,
                            ),
                        );
                    }
                },
                customer: match __1 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            ::pickle::__private::Attributes::missing(
                                &__attributes,
                                1usize,
                            ),
                        );
                    }
                },
                note: match __2 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => ::core::default::Default::default(),
                },
                seen: Instant::now(),
                r#type: match __3 {
                    ::core::option::Option::Some(__value) => __value,
                    ::core::option::Option::None => {
                        return ::core::result::Result::Err(
                            ::pickle::__private::Attributes::missing(
                                &__attributes,
                                3usize,
                            ),
                        );
                    }
                },
            })
        }
    }
    ::pickle::__private::inventory::submit! {
        ::pickle::__private::Registration::of:: < Order < 'static > > ()
    }
};
