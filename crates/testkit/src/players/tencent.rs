//! What both of Tencent's registries say alike.

use serde_json::{Value, json};

use super::signature;
use crate::{Answer, Asked};

/// What the interface answers with when something is wrong.
pub(crate) fn refusal(code: &str, message: &str) -> Answer {
    wrapped(json!({ "Error": { "Code": code, "Message": message } }))
}

/// An answer.
pub(crate) fn wrapped(mut value: Value) -> Answer {
    value["RequestId"] = json!("r");
    Answer::json(json!({ "Response": value }).to_string())
}

/// The action that is asked for and its parameters, when the key signed them; else what is answered.
pub(crate) fn signed<'a>(asked: &'a Asked, id: &str, secret: &str) -> Result<(&'a str, Value), Answer> {
    // What asks whether somebody is there is not signed.
    let Some(action) = asked.header("x-tc-action") else { return Err(Answer::new(404, "")) };
    if !signature::tc3(asked, id, secret) {
        let message = "The provided credentials could not be validated.";
        return Err(refusal("AuthFailure.SignatureFailure", message));
    }
    assert_eq!((asked.header("x-tc-version"), asked.path.as_str()), (Some("2019-09-24"), "/"));
    Ok((action, serde_json::from_slice(&asked.body).unwrap()))
}
