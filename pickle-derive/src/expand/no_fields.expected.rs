const _: () = {
    use ::pickle::__private as __pickle;
    #[automatically_derived]
    impl __pickle::Instance for Empty {
        const CLASS: &'static __pickle::Class = &__pickle::Class::new::<
            Self,
        >("__main__", "Empty")
            .with_attributes(&[])
            .with_object::<Self>()
            .with_traits(__pickle::traits!(Self));
    }
    #[automatically_derived]
    impl __pickle::PickleAttributes for Empty {
        #[inline]
        fn attribute_count(&self) -> ::core::primitive::usize {
            0usize
        }
        #[inline]
        fn pickle_attributes<__S: __pickle::AttributeSink>(
            &self,
            ___sink: &mut __S,
        ) -> __pickle::Result<()> {
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl __pickle::Pickle for Empty {
        fn pickle(&self, __encoder: &mut __pickle::Encoder<'_>) -> __pickle::Result<()> {
            if let ::core::option::Option::Some(__written) = __pickle::Encoder::overridden(
                __encoder,
                self,
            ) {
                return __written;
            }
            __pickle::object(__encoder, <Self as __pickle::Instance>::CLASS, self)
        }
    }
    #[automatically_derived]
    impl<'de> __pickle::Unpickle<'de> for Empty {
        const STREAMS: ::core::primitive::bool = true;
        fn unpickle(mut __cursor: __pickle::Cursor<'_, 'de>) -> __pickle::Result<Self> {
            if let ::core::option::Option::Some(__value) = __pickle::Cursor::call::<
                Self,
            >(&mut __cursor)? {
                return ::core::result::Result::Ok(__value);
            }
            let mut __attributes = __pickle::Cursor::object(
                __cursor,
                <Self as __pickle::Instance>::CLASS,
            )?;
            while let ::core::option::Option::Some(__index) = __pickle::Attributes::next(
                &mut __attributes,
            )? {
                match __index {
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {})
        }
    }
    __pickle::inventory::submit! {
        __pickle::Registration::of:: < Empty > ()
    }
};
