//! The kind `ecr` against servers that play ECR, STS and the metadata services and check every signature themselves.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Failure;
use registries::{Artifact, Catalogue, Item, Listing, Selection, Settings};
use serde_json::json;
use testkit::players::{Ecr, Held, Stock};
use testkit::{Answer, Asked, WebServer};

const ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn digest(number: u64) -> String {
    format!("sha256:{number:064x}")
}

fn now() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

/// A registry with 1200 repositories; the first has 1500 images.
fn player() -> Ecr {
    let name = |number: u64| format!("team/shop{number}");
    let mut stock = (0..1200).fold(Stock::default(), |stock, number| stock.repository(&name(number)));
    for number in 0..1500 {
        let (one, other) = (format!("v{number}"), format!("w{number}"));
        let tags = [one.as_str(), other.as_str()];
        let told = Held::new(&digest(number), if number == 3 { &[] } else { &tags });
        let media_type = "application/vnd.oci.image.index.v1+json".to_owned();
        let pushed = 1_767_225_600 + 60 * number;
        let held = Held { size: 100 + number, pushed, media_type, is_chart: number == 4, ..told };
        stock = stock.told("team/shop0", held);
    }
    Ecr { stock, id: ID.to_owned(), secret: SECRET.to_owned() }
}

/// The same, where the last repository is gone once it is looked into.
fn with_key() -> WebServer {
    let player = player();
    WebServer::start(move |asked| gone(asked).unwrap_or_else(|| player.answer(asked)))
}

fn gone(asked: &Asked) -> Option<Answer> {
    let code = "RepositoryNotFoundException";
    let is_last = asked.text().contains(r#""repositoryName":"team/shop1199""#);
    is_last.then(|| Ecr::refusal(code, "The repository does not exist"))
}

fn settings(server: &WebServer) -> Settings {
    Settings {
        region: Some("eu-west-1".to_owned()),
        username: Some(ID.to_owned()),
        password: Some(SECRET.to_owned()),
        api_address: Some(server.url()),
        ..Settings::default()
    }
}

/// Settings without a key, and an environment instead.
fn surroundings(server: &WebServer, environment: &[(&str, &str)]) -> Settings {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings { username: None, password: None, environment: environment.collect(), ..settings(server) }
}

fn open(settings: &Settings) -> Box<dyn Catalogue> {
    try_open(settings).unwrap()
}

fn try_open(settings: &Settings) -> Result<Box<dyn Catalogue>, registries::Error> {
    (registries::find("ecr").unwrap().connect)(settings)
}

fn listed(
    catalogue: &dyn Catalogue,
    since: Option<&str>,
) -> (Listing, Vec<Artifact>, Vec<registries::Error>) {
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    // The pace is kept in tests too, so not all repositories are looked into.
    let selection = Selection::new(&["team/{shop0,shop1199}".to_owned()], &[], false).unwrap();
    let listing = registries::list(catalogue, &selection, since, &mut |item| {
        match item {
            Item::Repository(_) => {}
            Item::Artifact(artifact) => found.push(artifact),
            Item::Failed(error) => failed.push(error),
        }
        true
    });
    (listing.unwrap(), found, failed)
}

#[test]
fn lists_every_page() {
    let server = with_key();
    let catalogue = open(&settings(&server));
    assert_eq!(
        catalogue.sign_in().unwrap(),
        "ECR in eu-west-1, 123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    );
    let (listing, found, failed) = listed(&*catalogue, None);
    assert_eq!(
        (listing.repositories, listing.skipped, listing.artifacts, listing.failed),
        (2, 1198, 1499, 1)
    );
    assert_eq!(failed[0].failure(), Failure::NotFound);
    assert_eq!((found[0].tags.join(","), found[0].size), ("v0,w0".to_owned(), Some(100)));
    assert_eq!(found[0].pushed.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(found[0].media_type, "application/vnd.oci.image.index.v1+json");
    assert!(found.iter().any(|image| image.tags.is_empty()), "an image without a tag is one, too");
    assert!(found.iter().all(|image| image.tags != ["v4", "w4"]), "a chart is no image");
    assert_eq!(listed(&*catalogue, Some("2026-01-01T01:00:00Z")).1.len(), 1440);
    let bodies: Vec<String> = server.asked().iter().map(Asked::text).collect();
    assert!(bodies.iter().all(|body| !body.contains("registryId")));
}

#[test]
fn the_account_of_the_address_is_asked_for() {
    let server = with_key();
    let address = "210987654321.dkr.ecr.eu-west-1.amazonaws.com".to_owned();
    let catalogue = open(&Settings { address: address.clone(), region: None, ..settings(&server) });
    catalogue.repositories(None).unwrap();
    assert!(server.asked()[0].text().contains(r#""registryId":"210987654321""#));
    assert_eq!(catalogue.endpoint().unwrap().address, address);
    let catalogue = open(&Settings { instance: Some("210987654321".to_owned()), ..settings(&server) });
    assert_eq!(catalogue.endpoint().unwrap().address, address);
    assert_eq!(catalogue.interface(), Some(server.url()));
}

#[test]
fn the_password_is_kept_and_made_anew_in_time() {
    let server = with_key();
    let catalogue = open(&settings(&server));
    let word = |catalogue: &dyn Catalogue| {
        let endpoint = catalogue.endpoint().unwrap();
        assert_eq!(endpoint.address, "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com");
        assert_eq!(endpoint.options.username.as_deref(), Some("AWS"));
        endpoint.options.password.unwrap()
    };
    assert_eq!([word(&*catalogue), word(&*catalogue)], ["word0", "word0"]);

    let server = WebServer::start(|asked| {
        let token = STANDARD.encode(format!("AWS:word{}", asked.before));
        let data = json!({"authorizationToken": token, "expiresAt": now() + 60,
            "proxyEndpoint": "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com"});
        Answer::json(json!({"authorizationData": [data]}).to_string())
    });
    let catalogue = open(&settings(&server));
    assert_eq!([word(&*catalogue), word(&*catalogue)], ["word0", "word1"]);

    for odd in [json!([]), json!([{"authorizationToken": "%%"}]), json!([{"authorizationToken": "QVdT"}])] {
        let server = WebServer::start(move |_| Answer::json(json!({"authorizationData": odd}).to_string()));
        assert_eq!(open(&settings(&server)).sign_in().unwrap_err().failure(), Failure::InvalidContent);
    }
}

#[test]
fn a_refusal_has_its_code_and_shows_no_secret() {
    let server = with_key();
    let wrong = Settings { password: Some("wr0ng".to_owned()), ..settings(&server) };
    let error = open(&wrong).sign_in().unwrap_err();
    assert_eq!(error.failure(), Failure::AuthenticationFailed);
    assert!(
        error.to_string().starts_with("cannot get a password of ECR: InvalidSignatureException: "),
        "{error}"
    );
    let cases = [
        ("AccessDeniedException", Failure::AccessDenied),
        ("UnrecognizedClientException", Failure::AuthenticationFailed),
        ("ExpiredTokenException", Failure::AuthenticationFailed),
        ("InvalidParameterException", Failure::InvalidName),
    ];
    for (code, failure) in cases {
        // What AWS says of a wrong signature repeats the request with the token in it.
        let server = WebServer::start(move |_| {
            Ecr::refusal(code, &format!("x-amz-security-token:{SECRET}t0ken\n{SECRET}"))
        });
        let settings = Settings { session_token: Some(format!("{SECRET}t0ken")), ..settings(&server) };
        let error = open(&settings).sign_in().unwrap_err();
        assert_eq!(error.failure(), failure);
        assert!(!error.to_string().contains("EXAMPLEKEY") && !error.to_string().contains("t0ken"), "{error}");
        assert!(Ecr::is_signed(&server.asked()[0], "ecr", ID, SECRET));
    }
    let player = player();
    let server = WebServer::start(move |asked| match asked.before {
        0 => Ecr::refusal("ThrottlingException", "Rate exceeded"),
        1 => Answer::new(500, r#"{"__type":"ServerException"}"#),
        _ => player.answer(asked),
    });
    open(&settings(&server)).sign_in().unwrap();
    assert_eq!(server.asked().len(), 3);
    let regionless = try_open(&Settings { region: None, ..settings(&server) }).err().unwrap();
    assert!(regionless.to_string().contains("`region`"));
}

fn of_sts(action: &str, key: &str, ends: u64) -> Answer {
    Answer::new(
        200,
        format!(
            "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><AssumedRoleUser>\
         <Arn>arn:aws:sts::1:assumed-role/a/b</Arn></AssumedRoleUser><Credentials><AccessKeyId>{key}</AccessKeyId>\
         <SecretAccessKey>secret/{key}</SecretAccessKey><SessionToken>token/{key}==</SessionToken>\
         <Expiration>{}</Expiration></Credentials></{action}Result></{action}Response>",
            model::time_of(ends)
        ),
    )
}

/// ECR that knows the keys that STS and the metadata services hand out: their secret follows from their id.
fn with_temporary_keys() -> WebServer {
    let player = player();
    WebServer::start(move |asked| {
        let given = asked.header("authorization").unwrap();
        let id = given.split("Credential=").nth(1).unwrap().split('/').next().unwrap();
        assert!(id.starts_with("ASIA"));
        assert_eq!(asked.header("x-amz-security-token"), Some(format!("token/{id}==").as_str()));
        assert!(Ecr::is_signed(asked, "ecr", id, &format!("secret/{id}")));
        player.unsigned(asked)
    })
}

#[test]
fn a_role_is_taken_on_with_its_external_id_and_anew_in_time() {
    let sts = WebServer::start(|asked| {
        assert!(Ecr::is_signed(asked, "sts", ID, SECRET));
        assert_eq!(
            asked.text(),
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fscan&RoleSessionName=lazaret\
             &DurationSeconds=3600&ExternalId=only%20you"
        );
        of_sts(
            "AssumeRole",
            &format!("ASIA{}", asked.before),
            now() + if asked.before == 0 { 60 } else { 3600 },
        )
    });
    let ecr = with_temporary_keys();
    let settings = Settings {
        role: Some("arn:aws:iam::1:role/scan".to_owned()),
        external_id: Some("only you".to_owned()),
        environment: [("AWS_ENDPOINT_URL_STS".to_owned(), sts.url())].into(),
        ..settings(&ecr)
    };
    let catalogue = open(&settings);
    for _ in 0..3 {
        catalogue.repositories(None).unwrap();
    }
    assert_eq!(sts.asked().len(), 2, "the first key was about to end");
    assert!(ecr.asked().iter().all(|asked| !asked.text().contains("wJalr")));

    let sts = WebServer::start(|_| {
        Answer::new(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User is not &quot;allowed&quot;</Message></Error></ErrorResponse>",
        )
    });
    let settings =
        Settings { environment: [("AWS_ENDPOINT_URL_STS".to_owned(), sts.url())].into(), ..settings };
    let error = open(&settings).sign_in().unwrap_err();
    assert_eq!(error.to_string(), "cannot take on the role: AccessDenied: User is not \"allowed\"");
    assert_eq!(error.failure(), Failure::AccessDenied);
}

#[test]
fn the_token_of_a_service_account_becomes_a_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "header.payload.signature\n").unwrap();
    let sts = WebServer::start(|asked| {
        assert_eq!(asked.header("authorization"), None, "who has a token has no key");
        assert!(asked.text().contains("Action=AssumeRoleWithWebIdentity&"));
        assert!(asked.text().contains("RoleSessionName=pod&"));
        if asked.text().ends_with("&WebIdentityToken=header.payload.signature") {
            return of_sts("AssumeRoleWithWebIdentity", "ASIAPOD", now() + 3600);
        }
        Answer::new(
            400,
            format!(
                "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>{}</Message></Error></ErrorResponse>",
                asked.text()
            ),
        )
    });
    let ecr = with_temporary_keys();
    let (path, url) = (file.to_str().unwrap(), sts.url());
    let settings = surroundings(
        &ecr,
        &[
            ("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod"),
            ("AWS_ROLE_SESSION_NAME", "pod"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", path),
            ("AWS_ENDPOINT_URL_STS", &url),
        ],
    );
    let catalogue = open(&settings);
    catalogue.sign_in().unwrap();
    catalogue.repositories(None).unwrap();
    assert_eq!(sts.asked().len(), 1);

    std::fs::write(&file, "stolen.t0ken").unwrap();
    let error = open(&settings).sign_in().unwrap_err();
    assert_eq!(error.failure(), Failure::AuthenticationFailed);
    assert!(!error.to_string().contains("t0ken"), "{error}");
    std::fs::remove_file(&file).unwrap();
    assert!(open(&settings).sign_in().unwrap_err().to_string().contains(path));
}

fn told(id: &str) -> Answer {
    Answer::json(
        json!({"Code": "Success", "AccessKeyId": id, "SecretAccessKey": format!("secret/{id}"),
        "Token": format!("token/{id}=="), "Expiration": model::time_of(now() + 7200)})
        .to_string(),
    )
}

#[test]
fn the_service_of_the_container_hands_out_a_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "pod-identity").unwrap();
    let service = WebServer::start(|asked| {
        assert_eq!(
            (asked.path.as_str(), asked.header("authorization")),
            ("/v1/credentials", Some("pod-identity"))
        );
        told("ASIACONTAINER")
    });
    let ecr = with_temporary_keys();
    let url = format!("{}/v1/credentials", service.url());
    let path = file.to_str().unwrap();
    let settings = surroundings(
        &ecr,
        &[
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path),
        ],
    );
    open(&settings).sign_in().unwrap();
    let elsewhere = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://keys.example/v1")];
    assert!(try_open(&surroundings(&ecr, &elsewhere)).err().unwrap().to_string().contains("another machine"));
}

#[test]
fn the_service_of_the_machine_hands_out_a_key_to_a_session() {
    let service = WebServer::start(|asked| match (asked.method.as_str(), asked.path.as_str()) {
        ("PUT", "/latest/api/token") => {
            assert!(asked.header("x-aws-ec2-metadata-token-ttl-seconds").is_some());
            Answer::new(200, "session")
        }
        ("GET", _) if asked.header("x-aws-ec2-metadata-token") != Some("session") => Answer::new(401, ""),
        ("GET", "/latest/meta-data/iam/security-credentials/") => Answer::new(200, "scanner"),
        ("GET", "/latest/meta-data/iam/security-credentials/scanner") => told("ASIAMACHINE"),
        other => panic!("{other:?}"),
    });
    let ecr = with_temporary_keys();
    let url = service.url();
    let settings = surroundings(&ecr, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]);
    let catalogue = open(&settings);
    catalogue.sign_in().unwrap();
    catalogue.repositories(None).unwrap();
    assert_eq!(service.asked().len(), 3);
    let forbidden = surroundings(
        &ecr,
        &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url), ("AWS_EC2_METADATA_DISABLED", "true")],
    );
    assert!(try_open(&forbidden).err().unwrap().to_string().contains("`username`"));
    assert_eq!(service.asked().len(), 3);
}

#[test]
fn a_key_of_the_environment_is_used_when_none_is_given() {
    let server = with_key();
    let settings = surroundings(
        &server,
        &[
            ("AWS_ACCESS_KEY_ID", ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_SESSION_TOKEN", "passing"),
            ("AWS_REGION", "eu-west-1"),
        ],
    );
    open(&Settings { region: None, ..settings }).sign_in().unwrap();
    assert_eq!(server.asked()[0].header("x-amz-security-token"), Some("passing"));
}
