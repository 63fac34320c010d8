/// What is done with a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Reads it.
    #[default]
    Get,
    /// Reads its headers.
    Head,
    /// Hands something to it.
    Post,
    /// Puts something in its place.
    Put,
}

impl Method {
    /// Whether it changes nothing, so that it may be repeated and redirected.
    pub(crate) fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

/// Who asks; the secret in it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Authorization {
    /// A user and a password.
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: String,
    },
    /// A token.
    Bearer(String),
    /// The value of the header as it is, such as a signature.
    Raw(String),
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic(…)",
            Self::Bearer(_) => "Bearer(…)",
            Self::Raw(_) => "Raw(…)",
        })
    }
}

impl Authorization {
    pub(crate) fn secret(&self) -> &str {
        match self {
            Self::Basic { password, .. } => password,
            Self::Bearer(word) | Self::Raw(word) => word,
        }
    }
}

/// One question to a server.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// The address, `http` or `https`.
    pub url: String,
    /// Further headers; those of one name are sent one after the other, those named `X-…` to the host of `url` alone.
    pub headers: Vec<(&'static str, String)>,
    /// Sent to the host of `url` alone, never to one it redirects to.
    pub authorization: Option<Authorization>,
    /// What is handed over.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// A plain `GET`.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
