//! The registries that are played, and what an operator says of each.

use serde_json::{Value, json};
use testkit::players::{Artifactory, Ccr, Ecr, Harbor, Quay, Stock, Swr, SwrEnterprise, Tcr};
use testkit::sample::planted;
use testkit::{Answer, Asked, Image, Layer, WebServer};

/// Of all who may ask by password.
const PASSWORD: &str = "correct-horse-battery";
/// The access key of clouds, but for Tencent's, which the environment of the server of tests knows.
const ID: &str = "AKEXAMPLEKEYEXAMPLE0";
const SECRET: &str = "Qm7vK4tT8pRs3Lx9w2NzEXAMPLE";
/// The key that the environment of the server of tests tells.
const TENCENT_ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const TENCENT_SECRET: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

/// One registry.
pub(super) struct Case {
    /// What it is called.
    pub(super) name: &'static str,
    /// The word of its kind.
    pub(super) kind: &'static str,
    /// What an operator says of it.
    pub(super) settings: Value,
    pub(super) password: &'static str,
    /// What stands before a repository when it is pulled.
    pub(super) host: String,
    /// What stands before the names that all hold.
    pub(super) prefix: &'static str,
    /// The digests of what it holds.
    pub(super) shop: String,
    pub(super) tool: String,
    /// Who shares it.
    pub(super) owner: Option<&'static str>,
    /// Whether it tells when images were pushed.
    pub(super) tells_times: bool,
    /// The step of a test at which a wrong password shows.
    pub(super) refused_at: &'static str,
    /// Whether it is tried on every database.
    pub(super) is_for_all: bool,
}

pub(super) fn cases() -> Vec<Case> {
    let all = [harbor_1(), harbor_2(), quay(), artifactory(), ecr(), tcr(), ccr()];
    all.into_iter().chain([swr(), swr_shared(), swr_enterprise()]).collect()
}

/// What every registry holds: an image with a secret under two tags, and images for two platforms. Their layers are those of
/// no other registry.
fn stock(name: &str, prefix: &str) -> Stock {
    let of = |text: &str| Layer::new().file("/etc/shop", format!("{text} of {name}").into_bytes());
    let secret =
        Layer::new().file("/root/token", format!("token={}\n", planted::gitlab_token()).into_bytes());
    let shop = Image::new("shop").layer(of("shop")).layer(secret);
    let tool = ["amd64", "arm64"]
        .map(|architecture| Image::new("tool").layer(of(architecture)).platform("linux", architecture));
    Stock::default().image(&format!("{prefix}team/shop"), &["1.0", "latest"], &shop).index(
        &format!("{prefix}team/deep/tool"),
        &["2"],
        &tool,
    )
}

/// A registry that is listed and pulled from at one address.
fn case(
    name: &'static str,
    kind: &'static str,
    prefix: &'static str,
    stock: &Stock,
    answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> Case {
    let server = WebServer::start(answer);
    let digest = |repository: &str| stock.held(&format!("{prefix}{repository}")).unwrap()[0].digest.clone();
    Case {
        name,
        kind,
        settings: json!({ "address": server.url() }),
        password: PASSWORD,
        prefix,
        shop: digest("team/shop"),
        tool: digest("team/deep/tool"),
        host: server.host,
        owner: None,
        tells_times: true,
        refused_at: "auth",
        is_for_all: false,
    }
}

impl Case {
    /// With more settings.
    fn with(mut self, settings: &Value) -> Self {
        let own = self.settings.as_object_mut().unwrap();
        own.extend(settings.as_object().unwrap().clone());
        self
    }

    /// A cloud, whose interface is at another address than its registry.
    fn of_cloud(self, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let interface = WebServer::start(answer);
        let case = self.with(&json!({ "api_address": interface.url(), "username": ID }));
        Self { password: SECRET, ..case }
    }
}

fn harbor(name: &str) -> Harbor {
    // What a cache fetched before is told like all else.
    let cached = Image::new("debian").layer(Layer::new().file("/etc/cached", b"cached"));
    Harbor {
        stock: stock(name, "").image("hub/library/debian", &["12"], &cached),
        projects: vec![("team".to_owned(), false), ("empty".to_owned(), false), ("hub".to_owned(), true)],
        user: "robot$scan".to_owned(),
        password: PASSWORD.to_owned(),
    }
}

fn harbor_1() -> Case {
    let mut harbor = harbor("harbor 1");
    // The first Harbor knows no caches.
    harbor.projects.pop();
    let case = case("harbor 1", "harbor", "", &harbor.stock.clone(), move |asked| harbor.first(asked));
    Case { tells_times: false, ..case }.with(&json!({ "username": "robot$scan" }))
}

fn harbor_2() -> Case {
    let harbor = harbor("harbor 2");
    let case = case("harbor 2", "harbor", "", &harbor.stock.clone(), move |asked| harbor.second(asked));
    Case { is_for_all: true, ..case }.with(&json!({ "username": "robot$scan" }))
}

fn quay() -> Case {
    let quay = Quay {
        stock: stock("quay", "").repository("team/charts"),
        user: "anna".to_owned(),
        organisations: vec!["team".to_owned()],
        token: PASSWORD.to_owned(),
        applications: vec!["team/charts".to_owned()],
    };
    let case = case("quay", "quay", "", &quay.stock.clone(), move |asked| quay.answer(asked));
    case.with(&json!({ "username": "$oauthtoken" }))
}

fn artifactory() -> Case {
    let cached = Image::new("debian").layer(Layer::new().file("/etc/cached", b"cached"));
    let keys = [("docker-local", "LOCAL"), ("hub", "REMOTE"), ("docker", "VIRTUAL")];
    let player = Artifactory {
        stock: stock("artifactory", "docker-local/").image("hub/library/debian", &["12"], &cached),
        keys: keys.map(|(key, kind)| (key.to_owned(), kind.to_owned())).into(),
        closed: Vec::new(),
        may_query: true,
        user: "scan".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let held = player.stock.clone();
    let case = case("artifactory", "jfrog", "docker-local/", &held, move |asked| player.answer(asked));
    case.with(&json!({ "username": "scan" }))
}

fn ecr() -> Case {
    let player = Ecr { stock: stock("ecr", ""), id: ID.to_owned(), secret: SECRET.to_owned() };
    let lists = player.clone();
    let case = case("ecr", "ecr", "", &player.stock.clone(), move |asked| player.hand_out(asked));
    case.of_cloud(move |asked| lists.answer(asked)).with(&json!({ "region": "eu-west-1" }))
}

fn tcr() -> Case {
    let player = Tcr { stock: stock("tcr", ""), id: ID.to_owned(), secret: SECRET.to_owned() };
    let lists = player.clone();
    let case = case("tcr", "tcr", "", &player.stock.clone(), move |asked| player.hand_out(asked));
    case.of_cloud(move |asked| lists.answer(asked)).with(&json!({ "instance": "tcr-aaa" }))
}

/// A key of the environment lists, the account pulls: that its password is wrong shows only where tags are looked up.
fn ccr() -> Case {
    let player = Ccr {
        stock: stock("ccr", ""),
        id: TENCENT_ID.to_owned(),
        secret: TENCENT_SECRET.to_owned(),
        user: "100012345678".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let lists = player.clone();
    let case = case("ccr", "ccr", "", &player.stock.clone(), move |asked| player.hand_out(asked));
    let case = case.of_cloud(move |asked| lists.answer(asked)).with(&json!({ "username": "100012345678" }));
    Case { password: PASSWORD, refused_at: "list", ..case }
}

fn huawei(name: &'static str, kind: &'static str, shared: &[&str]) -> Case {
    let player = Swr {
        stock: stock(name, "").repository("other/empty"),
        shared: shared.iter().map(|name| (*name).to_owned()).collect(),
        id: ID.to_owned(),
        secret: SECRET.to_owned(),
    };
    let lists = player.clone();
    let case = case(name, kind, "", &player.stock.clone(), move |asked| player.hand_out(asked));
    case.of_cloud(move |asked| lists.answer(asked)).with(&json!({ "region": "cn-north-4" }))
}

fn swr() -> Case {
    huawei("swr", "swr", &["other/empty"])
}

fn swr_shared() -> Case {
    let case = huawei("swr shared", "swr-shared", &["team/shop", "team/deep/tool"]);
    Case { owner: Some("somebody"), is_for_all: true, ..case }
}

fn swr_enterprise() -> Case {
    let (id, secret) = (ID.to_owned(), SECRET.to_owned());
    let player = SwrEnterprise { stock: stock("swr enterprise", ""), id, secret };
    let lists = player.clone();
    let held = player.stock.clone();
    let case = case("swr enterprise", "swr-enterprise", "", &held, move |asked| player.hand_out(asked));
    let case = case.of_cloud(move |asked| lists.answer(asked));
    case.with(&json!({ "region": "cn-north-4", "instance": "shop" }))
}
