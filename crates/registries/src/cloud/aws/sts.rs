//! Temporary keys of AWS for a role, from STS.

use net::{Method, encode_component};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

use super::{domain, of_code, secrets};
use crate::cloud::{Cloud, Question, Refusal};
use crate::sign::{Key, Plain, sigv4};
use crate::{Error, Settings, moment};

/// A role may be taken on only now and then.
const PER_SECOND: u32 = 5;
/// What a session is called in the account's log when nothing else is said.
const SESSION: &str = "lazaret";
const SESSION_SECONDS: u64 = 3600;

/// STS in a region.
pub(super) struct Sts {
    cloud: Cloud,
    region: String,
    session: String,
}

impl Sts {
    pub(super) fn new(region: &str, settings: &Settings) -> Result<Self, Error> {
        let known = |name: &str| settings.environment.get(name).filter(|value| !value.is_empty()).cloned();
        let usual = format!("https://sts.{region}.{}", domain(region));
        let address = known("AWS_ENDPOINT_URL_STS").unwrap_or(usual);
        let cloud = Cloud::at("AWS_ENDPOINT_URL_STS", &address, &settings.net, PER_SECOND)?;
        let session = known("AWS_ROLE_SESSION_NAME").unwrap_or_else(|| SESSION.to_owned());
        Ok(Self { cloud, region: region.to_owned(), session })
    }

    /// A key for a role that the owner of another key may take on, and when it ends.
    pub(super) fn assume(
        &self,
        key: &Key,
        role: &str,
        external_id: Option<&str>,
    ) -> Result<(Key, u64), Error> {
        let mut form = self.form("AssumeRole", role);
        form.extend(external_id.map(|id| ("ExternalId", id.to_owned())));
        let sign = |plain: &Plain<'_>, seconds: u64| sigv4::sign(key, &self.region, "sts", seconds, plain);
        self.ask("take on the role", &form, Some(&sign), secrets(key))
    }

    /// A key for a role that the bearer of a token may take on, and when it ends.
    pub(super) fn assume_with_token(&self, role: &str, token: &str) -> Result<(Key, u64), Error> {
        let mut form = self.form("AssumeRoleWithWebIdentity", role);
        form.push(("WebIdentityToken", token.to_owned()));
        self.ask("take on the role of the service account", &form, None, vec![token])
    }

    fn form(&self, action: &str, role: &str) -> Vec<(&'static str, String)> {
        vec![
            ("Action", action.to_owned()),
            ("Version", "2011-06-15".to_owned()),
            ("RoleArn", role.to_owned()),
            ("RoleSessionName", self.session.clone()),
            ("DurationSeconds", SESSION_SECONDS.to_string()),
        ]
    }

    fn ask(
        &self,
        operation: &str,
        form: &[(&str, String)],
        sign: Option<crate::cloud::Sign<'_>>,
        secrets: Vec<&str>,
    ) -> Result<(Key, u64), Error> {
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", encode_component(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let answer = self.cloud.ask(&Question {
            operation,
            method: Method::Post,
            path: "/",
            query: &[],
            headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
            unsigned: Vec::new(),
            body: body.as_bytes(),
            sign,
            secrets,
            refusal,
        })?;
        let part = |name: &str| {
            element(&answer, name).ok_or_else(|| Error::Answer {
                what: format!("the answer to a request to {operation}"),
                why: format!("it has no `{name}`"),
            })
        };
        let key = Key {
            id: part("AccessKeyId")?,
            secret: part("SecretAccessKey")?,
            token: Some(part("SessionToken")?),
        };
        // One whose end is not known is used once.
        Ok((key, moment::seconds_of(&part("Expiration")?).unwrap_or(0)))
    }
}

fn refusal(status: u16, body: &[u8]) -> Option<Refusal> {
    if (200..300).contains(&status) {
        return None;
    }
    Some(of_code(status, element(body, "Code")?, element(body, "Message").unwrap_or_default()))
}

/// The text of the first element of a name; references other than to characters and XML's own are left out.
fn element(document: &[u8], name: &str) -> Option<String> {
    let mut reader = Reader::from_reader(document);
    let (mut inside, mut text) = (false, String::new());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) if start.local_name().as_ref() == name => inside = true,
            Event::Text(part) if inside => text.push_str(&part),
            Event::GeneralRef(reference) if inside => match resolve_predefined_entity(&reference) {
                Some(known) => text.push_str(known),
                None => text.extend(reference.resolve_char_ref().ok().flatten()),
            },
            Event::End(_) if inside => return Some(text.trim().to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_text_of_an_element() {
        let document =
            b"<?xml version='1.0'?><a xmlns='x'><Empty/><b> one &amp; &#50;&unknown; </b><b>3</b></a>";
        assert_eq!(element(document, "b").as_deref(), Some("one & 2"));
        assert_eq!(element(document, "c"), None);
        assert_eq!(element(b"<b>never ended", "b"), None);
        assert_eq!(element(b"<html><b></i>", "b"), None);
    }
}
