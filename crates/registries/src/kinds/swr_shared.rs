//! Images that others share with an account in Huawei Cloud's SWR, the basic edition.
//!
//! Source and known gaps: those of [`super::swr`].

use super::swr::{SIGN_IN, Whose, open};
use crate::{Kind, Need};

pub(crate) static KIND: Kind = Kind {
    word: "swr-shared",
    title: ("Huawei Cloud SWR, shared with me", "华为云 SWR 共享镜像（他人共享）"),
    needs: &[
        Need::AddressOptional,
        Need::Region,
        Need::Credentials,
        Need::NamespaceOptional,
        Need::ApiAddressOptional,
    ],
    sign_in_help: SIGN_IN,
    connect: |settings| open(settings, Whose::Shared),
};
